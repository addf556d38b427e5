import { type Answer, type AnswerHeaders, json } from '../answers.js';

/** Errors of Azure that differ from those of OpenAI, whose API it offers. */
export type AzureOpenAICondition =
  /** 400: refused by the content filter. */
  | 'content_policy'
  /** 404: no such deployment. */
  | 'not_found'
  /** 429 with a retry hint in a header of Azure. */
  | 'rate_limited'
  /** 429 with reset times in seconds, instead of the durations of OpenAI. */
  | 'rate_limited_until_reset'
  /** 401. */
  | 'auth';

const ID: AnswerHeaders = { 'apim-request-id': 'req-azure', 'x-ms-region': 'West Europe' };

/** Errors of Azure OpenAI. */
export const azureOpenAI: Readonly<Record<AzureOpenAICondition, Answer>> = {
  content_policy: failure(400, 'content_filter', 'The prompt triggered the content management policy.', {
    param: 'prompt',
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: { violence: { filtered: true, severity: 'high' } },
    },
  }),
  not_found: failure(404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.'),
  rate_limited: limited({ 'x-ms-retry-after-ms': '2500', 'retry-after': '3' }),
  rate_limited_until_reset: limited({
    'x-ratelimit-remaining-requests': '-1',
    'x-ratelimit-reset-requests': '0',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '17',
  }),
  auth: failure(401, '401', 'Access denied due to invalid subscription key or wrong API endpoint.'),
};

function failure(
  status: number,
  code: string,
  message: string,
  rest: object = {},
  headers: AnswerHeaders = {},
): Answer {
  return json(status, { error: { code, message, ...rest } }, { ...ID, ...headers });
}

function limited(headers: AnswerHeaders): Answer {
  return failure(429, '429', 'Requests have exceeded the token rate limit of your tier.', {}, headers);
}
