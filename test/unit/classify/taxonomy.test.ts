import type { FailureKind } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/classify/index.js';
import { FAILURE_DEFAULTS } from '../../../src/classify/kinds.js';
import {
  APIConnectionTimeoutError,
  APIUserAbortError,
  aiSdkError,
  anthropicError,
  awsError,
  closedStream,
  googleError,
  nodeError,
  openaiError,
} from './error-shapes.js';

const named = (name: string, rest: object = {}): Error => Object.assign(new Error('It failed.'), { name, ...rest });
const withCode = (code: string): Error => Object.assign(new Error('It failed.'), { code });
const inOpenAI = (code: string, status = 400): Error => openaiError(status, { code, message: 'It failed.' });
const saying = (status: number, message: string): Error => Object.assign(new Error(message), { status });
const NO_RESPONSE = 'Unexpected error: http2 request did not get a response';

/** Errors of each kind, by what they are called in the failing test. */
const ROWS: Readonly<Record<FailureKind, Readonly<Record<string, unknown>>>> = {
  cancelled: {
    'a DOM abort': new DOMException('This operation was aborted', 'AbortError'),
    'an abort of the OpenAI SDK': new APIUserAbortError('Request was aborted.'),
    'an abort of a minified OpenAI SDK': new Error('Request was aborted.'),
    'an abort of the Mistral SDK': named('RequestAbortedError'),
    'an abort of the AWS SDK': named('AbortError', { message: 'Request aborted' }),
    'an abort of the Cohere SDK': named('Error', { message: 'The user aborted a request' }),
    'an abort of undici': withCode('UND_ERR_ABORTED'),
    'an abort of Node': named('AbortError', { code: 'ABORT_ERR' }),
    'an abort of axios': named('CanceledError', { code: 'ERR_CANCELED' }),
    499: saying(499, 'client closed request'),
    'gRPC by number': Object.assign(new Error('1 CANCELLED: x'), { code: 1, details: 'x', metadata: {} }),
  },
  timeout: {
    'a DOM timeout': new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    'a timeout of the OpenAI SDK': new APIConnectionTimeoutError('Request timed out.'),
    'a timeout of a minified OpenAI SDK': new Error('Request timed out.'),
    'a timeout of the Mistral SDK': named('RequestTimeoutError'),
    'a timeout of any library, by its name': named('ReadTimeoutError'),
    'a timeout of any library, by its class': new (class PoolTimeoutError extends Error {})('It failed.'),
    'a timeout of the Cohere SDK': Object.assign(new Error('"timeout"'), { cause: 'timeout' }),
    'a timeout of the AWS SDK': named('TimeoutError', { code: 'ETIMEDOUT' }),
    'a model that took too long': awsError('ModelTimeoutException', 408),
    ETIMEDOUT: nodeError('ETIMEDOUT'),
    UND_ERR_CONNECT_TIMEOUT: withCode('UND_ERR_CONNECT_TIMEOUT'),
    UND_ERR_HEADERS_TIMEOUT: withCode('UND_ERR_HEADERS_TIMEOUT'),
    UND_ERR_BODY_TIMEOUT: withCode('UND_ERR_BODY_TIMEOUT'),
    408: saying(408, 'x'),
    504: saying(504, 'x'),
    524: saying(524, 'x'),
    DEADLINE_EXCEEDED: googleError(504, 'DEADLINE_EXCEEDED', 'x'),
  },
  quota_exhausted: {
    'the code insufficient_quota': inOpenAI('insufficient_quota', 429),
    'the type insufficient_quota': openaiError(429, { code: null, type: 'insufficient_quota', message: 'x' }),
    'a type with an unknown code': openaiError(429, { code: 'new_one', type: 'insufficient_quota', message: 'x' }),
    credit_balance_exhausted: inOpenAI('credit_balance_exhausted', 429),
    organization_spend_limit_exceeded: inOpenAI('organization_spend_limit_exceeded', 429),
    project_spend_limit_exceeded: inOpenAI('project_spend_limit_exceeded', 429),
    organization_usage_limit_exceeded: inOpenAI('organization_usage_limit_exceeded', 429),
    402: saying(402, 'x'),
    'a billing error of Anthropic': anthropicError(402, 'billing_error', 'x'),
    'an enforced limit of Anthropic': anthropicError(429, 'rate_limit_error', 'x', {}, 'enforced_spend_limit_reached'),
    'a contract limit of Anthropic': anthropicError(429, 'rate_limit_error', 'x', {}, 'contract_spend_limit_reached'),
    'the limit of a tier of Anthropic': anthropicError(
      429,
      'rate_limit_error',
      "This request would exceed your account's monthly spend limit. Please try again later.",
      { 'retry-after': '300' },
    ),
    'a limit that a customer of Anthropic has set': anthropicError(
      400,
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    ),
    'no credit left at Anthropic': anthropicError(
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
    ),
    'a day of Google': googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] },
    ]),
    'a quota of AWS': awsError('ServiceQuotaExceededException', 400),
    'LangChain of insufficient_quota': named('InsufficientQuotaError', { status: 429 }),
    'a day of Google, by another name': googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      { violations: [{ quotaId: 'GenerateRequestsDailyPerProject-FreeTier' }] },
      { retryDelay: '34.07s' },
    ]),
    'a limit of a key of OpenRouter': saying(403, 'Key limit exceeded (total limit)'),
  },
  context_length: {
    'the code context_length_exceeded': inOpenAI('context_length_exceeded'),
    'OpenAI in words': saying(400, "This model's maximum context length is 8192 tokens. However, you requested 9000."),
    Anthropic: anthropicError(400, 'invalid_request_error', 'prompt is too long: 210094 tokens > 200000 maximum'),
    'Anthropic in a stream': anthropicError(undefined, 'invalid_request_error', 'prompt is too long: 2 > 1 maximum'),
    Gemini: googleError(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048575).',
    ),
    Bedrock: awsError('ValidationException', 400, 'Input is too long for requested model.'),
    xAI: saying(400, "This model's maximum prompt length is 131072 but the request contains 150000 tokens."),
    Groq: saying(400, 'Please reduce the length of the messages or completion.'),
    Together: saying(403, "The prompt is longer than the model's context length (8193 tokens)."),
    Mistral: saying(400, 'Prompt contains 40112 tokens, too large for model with 32768 maximum context length'),
    'llama.cpp': saying(400, 'the request exceeds the available context size'),
    'LM Studio': saying(400, 'The number of tokens to keep is greater than the context length'),
    Cohere: saying(400, 'too many tokens: size limit exceeded by 19296 tokens.'),
    Perplexity: saying(400, 'The total length of all messages is too long.'),
    'a window that is full': withCode('model_context_window_exceeded'),
    LangChain: named('ContextOverflowError'),
  },
  content_policy: {
    content_policy_violation: inOpenAI('content_policy_violation'),
    bio_policy: inOpenAI('bio_policy'),
    misalignment_policy_violation: inOpenAI('misalignment_policy_violation'),
    'the filter of Azure': openaiError(400, { code: 'content_filter', message: 'x' }),
    'the reason of Azure': openaiError(400, { code: '400', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
    'the moderation of OpenRouter by what it flagged': openaiError(403, {
      message: 'Provider returned error',
      code: 403,
      metadata: { reasons: ['violence'], flagged_input: 'shortened', provider_name: 'OpenAI' },
    }),
    'the moderation of OpenRouter': saying(403, 'openai/gpt-4 requires moderation. Your input was flagged for "hate"'),
    'a filter of Anthropic': anthropicError(400, 'invalid_request_error', 'Output blocked by content filtering policy'),
    SAFETY: withCode('SAFETY'),
    guardrail_intervened: withCode('guardrail_intervened'),
  },
  overloaded: {
    'overloaded_error of Anthropic': anthropicError(529, 'overloaded_error', 'Overloaded'),
    'overloaded_error in a stream': anthropicError(undefined, 'overloaded_error', 'Overloaded'),
    529: saying(529, 'x'),
    503: saying(503, 'x'),
    server_is_overloaded: inOpenAI('server_is_overloaded', 503),
    'slow_down, which comes as a 429': openaiError(429, { code: 'slow_down', type: 'server_error', message: 'x' }),
    UNAVAILABLE: googleError(503, 'UNAVAILABLE', 'The model is overloaded.'),
    'a service of AWS': awsError('ServiceUnavailableException', 503),
    'a model that is being loaded, which comes as a 429': awsError('ModelNotReadyException', 429),
    'a tier of Mistral that is full': Object.assign(new Error('x'), {
      statusCode: 429,
      body: JSON.stringify({ object: 'error', type: 'service_tier_capacity_exceeded', code: '3505', message: 'x' }),
    }),
    'gRPC by number': Object.assign(new Error('14 UNAVAILABLE: x'), { code: 14, details: 'x', metadata: {} }),
  },
  rate_limited: {
    429: saying(429, 'x'),
    rate_limit_exceeded: inOpenAI('rate_limit_exceeded', 429),
    rate_limit_error: anthropicError(429, 'rate_limit_error', "This would exceed your organization's rate limit."),
    ramp_limit_exceeded: anthropicError(429, 'rate_limit_error', 'x', {}, 'ramp_limit_exceeded'),
    RESOURCE_EXHAUSTED: googleError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
    'the requests of a day at OpenAI, of which one is free again in seconds': openaiError(
      429,
      {
        code: 'rate_limit_exceeded',
        message: 'Rate limit reached for gpt-5 on requests per day (RPD): Limit 10000. Please try again in 8.64s.',
      },
      { 'retry-after-ms': '8640' },
    ),
    'a minute of Google': googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      { violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }] },
    ]),
    'throttling of AWS': awsError('ThrottlingException', 429, 'Too many tokens, please wait before trying again.'),
    'throttling in a stream': named('ThrottlingException', { message: 'Too many tokens, please wait.' }),
    'words alone': new Error('429 Too Many Requests'),
    498: saying(498, 'x'),
    'a 402 of OpenRouter that names a time': Object.assign(new Error('x'), {
      status: 402,
      headers: { 'Retry-After': '5' },
    }),
    'LangChain without headers': named('RateLimitCapacityError', { status: 429 }),
  },
  auth: {
    'a 403 of OpenRouter that flags nothing': openaiError(403, { message: 'No.', metadata: { flagged_input: null } }),
    401: saying(401, 'x'),
    403: saying(403, 'x'),
    invalid_api_key: openaiError(401, { code: 'invalid_api_key', type: 'invalid_request_error', message: 'x' }),
    AccessDeniedException: awsError('AccessDeniedException', 403),
    PERMISSION_DENIED: googleError(403, 'PERMISSION_DENIED', 'x'),
    'a key that is not one of Google': googleError(400, 'INVALID_ARGUMENT', 'API key not valid.', [
      { reason: 'API_KEY_INVALID' },
    ]),
    'no key in the AI SDK': named('AI_LoadAPIKeyError'),
  },
  not_found: {
    404: saying(404, 'x'),
    410: saying(410, 'x'),
    model_not_found: openaiError(404, { code: 'model_not_found', type: 'invalid_request_error', message: 'x' }),
    DeploymentNotFound: inOpenAI('DeploymentNotFound', 404),
    ResourceNotFoundException: awsError('ResourceNotFoundException', 404),
  },
  invalid_request: {
    400: saying(400, 'x'),
    413: saying(413, 'x'),
    422: saying(422, 'x'),
    'request_too_large of Anthropic, which counts bytes': anthropicError(413, 'request_too_large', 'x'),
    ValidationException: awsError('ValidationException', 400),
    'a string that is too long': openaiError(400, { code: 'string_above_max_length', message: 'string too long' }),
    'a request of more than a minute': openaiError(429, {
      code: 'rate_limit_exceeded',
      type: 'tokens',
      message: 'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 45112.',
    }),
    'the same of Groq, which comes as a 413': openaiError(413, {
      code: 'rate_limit_exceeded',
      type: 'tokens',
      message: 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000.',
    }),
    'only its type': Object.assign(new Error('x'), { type: 'invalid_request_error' }),
  },
  network: Object.fromEntries(
    [
      'ECONNRESET',
      'ECONNREFUSED',
      'EPIPE',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'UND_ERR_SOCKET',
      'ERR_STREAM_PREMATURE_CLOSE',
    ]
      .map((code): [string, unknown] => [code, nodeError(code)])
      .concat([
        ['terminated', new TypeError('terminated')],
        ['fetch failed', new TypeError('fetch failed')],
        ['socket hang up', new Error('socket hang up')],
        ['a stream of HTTP/2 that was refused', closedStream('NGHTTP2_REFUSED_STREAM')],
        ['a stream of HTTP/2 that was broken off', closedStream('NGHTTP2_INTERNAL_ERROR')],
        ['a lost connection of the AWS SDK', new Error(NO_RESPONSE)],
        ['the same where its name lies', named('TimeoutError', { message: NO_RESPONSE })],
        ['a body of AWS that is cut', Object.assign(awsError('Error', 200, 'aborted'), { code: 'ECONNRESET' })],
        ['a connection of the Mistral SDK', named('ConnectionError')],
      ]),
  ),
  server_error: {
    500: saying(500, 'x'),
    502: saying(502, '<html>Bad Gateway</html>'),
    409: saying(409, 'x'),
    424: awsError('ModelErrorException', 424),
    'api_error in a stream': anthropicError(undefined, 'api_error', 'Internal server error'),
    'server_error in a stream': Object.assign(new Error('x'), { type: 'server_error' }),
    'a model that failed in a stream': named('ModelStreamErrorException'),
    'a key store that cannot be reached': anthropicError(503, 'api_error', 'x', {}, 'cmek_key_unreachable'),
    'data of the AI SDK': aiSdkError(500, { error: { message: 'x', type: 'server_error' } }),
  },
  unknown: {
    undefined: undefined,
    null: null,
    'a string': 'down',
    'a number': 429,
    'an error': new Error('down'),
    'JSON that is broken': new SyntaxError('Unexpected token < in JSON'),
    'an answer that went well': saying(200, 'x'),
    'an object': Object.freeze({}),
  },
};

describe.each(Object.entries(ROWS))('%s', (kind, errors) => {
  it.each(Object.entries(errors))('is %s', (_what, error) => {
    const { kind: found, retry, breaker, failover } = classify(error);
    expect({ kind: found, retry, breaker, failover }).toEqual(
      Object.entries(FAILURE_DEFAULTS).find(([one]) => one === kind)?.[1],
    );
  });
});

describe('what a kind means', () => {
  it.each([
    ['cancelled', 'never', 'ignored', false],
    ['timeout', 'backoff', 'failure', true],
    ['quota_exhausted', 'never', 'ignored', true],
    ['context_length', 'never', 'ignored', true],
    ['content_policy', 'never', 'ignored', false],
    ['overloaded', 'backoff', 'failure', true],
    ['rate_limited', 'after_hint', 'ignored', true],
    ['auth', 'never', 'ignored', true],
    ['not_found', 'never', 'ignored', true],
    ['invalid_request', 'never', 'ignored', false],
    ['network', 'backoff', 'failure', true],
    ['server_error', 'backoff', 'failure', true],
    ['unknown', 'never', 'failure', true],
  ] as const)('is for %s: retry %s, breaker %s, failover %s', (kind, retry, breaker, failover) => {
    expect(FAILURE_DEFAULTS[kind]).toEqual({ kind, retry, breaker, failover });
    expect(Object.isFrozen(FAILURE_DEFAULTS[kind])).toBe(true);
  });
});
