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

const withName = (name: string, rest: object = {}): Error => Object.assign(new Error('It failed.'), { name, ...rest });
const withCode = (code: string): Error => Object.assign(new Error('It failed.'), { code });
const fromOpenAI = (code: string, status = 400): Error => openaiError(status, { code, message: 'It failed.' });
const withStatus = (status: number, message: string): Error => Object.assign(new Error(message), { status });
const NO_RESPONSE = 'Unexpected error: http2 request did not get a response';

/** Errors of each kind, by their names in the titles of the tests. */
const ROWS: Readonly<Record<FailureKind, Readonly<Record<string, unknown>>>> = {
  cancelled: {
    'a DOM abort': new DOMException('This operation was aborted', 'AbortError'),
    'an abort of the OpenAI SDK': new APIUserAbortError('Request was aborted.'),
    'an abort of a minified OpenAI SDK': new Error('Request was aborted.'),
    'an abort of the Mistral SDK': withName('RequestAbortedError'),
    'an abort of the AWS SDK': withName('AbortError', { message: 'Request aborted' }),
    'an abort of the Cohere SDK': withName('Error', { message: 'The user aborted a request' }),
    'an abort of undici': withCode('UND_ERR_ABORTED'),
    'an abort of Node': withName('AbortError', { code: 'ABORT_ERR' }),
    'an abort of axios': withName('CanceledError', { code: 'ERR_CANCELED' }),
    499: withStatus(499, 'client closed request'),
    'gRPC by number': Object.assign(new Error('1 CANCELLED: x'), { code: 1, details: 'x', metadata: {} }),
  },
  timeout: {
    'a DOM timeout': new DOMException('The operation was aborted due to timeout', 'TimeoutError'),
    'a timeout of the OpenAI SDK': new APIConnectionTimeoutError('Request timed out.'),
    'a timeout of a minified OpenAI SDK': new Error('Request timed out.'),
    'a timeout of the Mistral SDK': withName('RequestTimeoutError'),
    'a timeout of any library, by its name': withName('ReadTimeoutError'),
    'a timeout of any library, by its class': new (class PoolTimeoutError extends Error {})('It failed.'),
    'a timeout of the Cohere SDK': Object.assign(new Error('"timeout"'), { cause: 'timeout' }),
    'a timeout of the AWS SDK': withName('TimeoutError', { code: 'ETIMEDOUT' }),
    'a model that took too long': awsError('ModelTimeoutException', 408),
    ETIMEDOUT: nodeError('ETIMEDOUT'),
    UND_ERR_CONNECT_TIMEOUT: withCode('UND_ERR_CONNECT_TIMEOUT'),
    UND_ERR_HEADERS_TIMEOUT: withCode('UND_ERR_HEADERS_TIMEOUT'),
    UND_ERR_BODY_TIMEOUT: withCode('UND_ERR_BODY_TIMEOUT'),
    408: withStatus(408, 'x'),
    504: withStatus(504, 'x'),
    524: withStatus(524, 'x'),
    DEADLINE_EXCEEDED: googleError(504, 'DEADLINE_EXCEEDED', 'x'),
  },
  quota_exhausted: {
    'the code insufficient_quota': fromOpenAI('insufficient_quota', 429),
    'the type insufficient_quota': openaiError(429, { code: null, type: 'insufficient_quota', message: 'x' }),
    'a type with an unknown code': openaiError(429, { code: 'new_one', type: 'insufficient_quota', message: 'x' }),
    credit_balance_exhausted: fromOpenAI('credit_balance_exhausted', 429),
    organization_spend_limit_exceeded: fromOpenAI('organization_spend_limit_exceeded', 429),
    project_spend_limit_exceeded: fromOpenAI('project_spend_limit_exceeded', 429),
    organization_usage_limit_exceeded: fromOpenAI('organization_usage_limit_exceeded', 429),
    402: withStatus(402, 'x'),
    'a billing error of Anthropic': anthropicError(402, 'billing_error', 'x'),
    'an enforced limit of Anthropic': anthropicError(429, 'rate_limit_error', 'x', {}, 'enforced_spend_limit_reached'),
    'a contract limit of Anthropic': anthropicError(429, 'rate_limit_error', 'x', {}, 'contract_spend_limit_reached'),
    'the limit of a tier of Anthropic': anthropicError(
      429,
      'rate_limit_error',
      "This request would exceed your account's monthly spend limit. Please try again later.",
      { 'retry-after': '300' },
    ),
    'a spend limit set by a customer of Anthropic': anthropicError(
      400,
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    ),
    'no credit left at Anthropic': anthropicError(
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
    ),
    'a daily quota of Google': googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      { violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] },
    ]),
    'a quota of AWS': awsError('ServiceQuotaExceededException', 400),
    'LangChain of insufficient_quota': withName('InsufficientQuotaError', { status: 429 }),
    'a daily quota of Google, by another name': googleError(
      429,
      'RESOURCE_EXHAUSTED',
      'You exceeded your current quota.',
      [{ violations: [{ quotaId: 'GenerateRequestsDailyPerProject-FreeTier' }] }, { retryDelay: '34.07s' }],
    ),
    'the limit of an OpenRouter key': withStatus(403, 'Key limit exceeded (total limit)'),
  },
  context_length: {
    'the code context_length_exceeded': fromOpenAI('context_length_exceeded'),
    'OpenAI in words': withStatus(
      400,
      "This model's maximum context length is 8192 tokens. However, you requested 9000.",
    ),
    Anthropic: anthropicError(400, 'invalid_request_error', 'prompt is too long: 210094 tokens > 200000 maximum'),
    'Anthropic in a stream': anthropicError(undefined, 'invalid_request_error', 'prompt is too long: 2 > 1 maximum'),
    Gemini: googleError(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048575).',
    ),
    Bedrock: awsError('ValidationException', 400, 'Input is too long for requested model.'),
    xAI: withStatus(400, "This model's maximum prompt length is 131072 but the request contains 150000 tokens."),
    Groq: withStatus(400, 'Please reduce the length of the messages or completion.'),
    Together: withStatus(403, "The prompt is longer than the model's context length (8193 tokens)."),
    Mistral: withStatus(400, 'Prompt contains 40112 tokens, too large for model with 32768 maximum context length'),
    'llama.cpp': withStatus(400, 'the request exceeds the available context size'),
    'LM Studio': withStatus(400, 'The number of tokens to keep is greater than the context length'),
    Cohere: withStatus(400, 'too many tokens: size limit exceeded by 19296 tokens.'),
    Perplexity: withStatus(400, 'The total length of all messages is too long.'),
    'a full context window': withCode('model_context_window_exceeded'),
    LangChain: withName('ContextOverflowError'),
  },
  content_policy: {
    content_policy_violation: fromOpenAI('content_policy_violation'),
    bio_policy: fromOpenAI('bio_policy'),
    misalignment_policy_violation: fromOpenAI('misalignment_policy_violation'),
    'the filter of Azure': openaiError(400, { code: 'content_filter', message: 'x' }),
    'the reason of Azure': openaiError(400, { code: '400', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
    'the moderation of OpenRouter by what it flagged': openaiError(403, {
      message: 'Provider returned error',
      code: 403,
      metadata: { reasons: ['violence'], flagged_input: 'shortened', provider_name: 'OpenAI' },
    }),
    'the moderation of OpenRouter': withStatus(
      403,
      'openai/gpt-4 requires moderation. Your input was flagged for "hate"',
    ),
    'a filter of Anthropic': anthropicError(400, 'invalid_request_error', 'Output blocked by content filtering policy'),
    SAFETY: withCode('SAFETY'),
    guardrail_intervened: withCode('guardrail_intervened'),
  },
  overloaded: {
    'overloaded_error of Anthropic': anthropicError(529, 'overloaded_error', 'Overloaded'),
    'overloaded_error in a stream': anthropicError(undefined, 'overloaded_error', 'Overloaded'),
    529: withStatus(529, 'x'),
    503: withStatus(503, 'x'),
    server_is_overloaded: fromOpenAI('server_is_overloaded', 503),
    'slow_down as a 429': openaiError(429, { code: 'slow_down', type: 'server_error', message: 'x' }),
    UNAVAILABLE: googleError(503, 'UNAVAILABLE', 'The model is overloaded.'),
    'a service of AWS': awsError('ServiceUnavailableException', 503),
    'a model that is still loading, as a 429': awsError('ModelNotReadyException', 429),
    'a tier of Mistral at capacity': Object.assign(new Error('x'), {
      statusCode: 429,
      body: JSON.stringify({ object: 'error', type: 'service_tier_capacity_exceeded', code: '3505', message: 'x' }),
    }),
    'gRPC by number': Object.assign(new Error('14 UNAVAILABLE: x'), { code: 14, details: 'x', metadata: {} }),
  },
  rate_limited: {
    429: withStatus(429, 'x'),
    rate_limit_exceeded: fromOpenAI('rate_limit_exceeded', 429),
    rate_limit_error: anthropicError(429, 'rate_limit_error', "This would exceed your organization's rate limit."),
    ramp_limit_exceeded: anthropicError(429, 'rate_limit_error', 'x', {}, 'ramp_limit_exceeded'),
    RESOURCE_EXHAUSTED: googleError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted (e.g. check quota).'),
    'the daily requests of OpenAI, of which one is free again within seconds': openaiError(
      429,
      {
        code: 'rate_limit_exceeded',
        message: 'Rate limit reached for gpt-5 on requests per day (RPD): Limit 10000. Please try again in 8.64s.',
      },
      { 'retry-after-ms': '8640' },
    ),
    'a limit per minute of Google': googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      { violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }] },
    ]),
    'throttling of AWS': awsError('ThrottlingException', 429, 'Too many tokens, please wait before trying again.'),
    'throttling in a stream': withName('ThrottlingException', { message: 'Too many tokens, please wait.' }),
    'a text without a status': new Error('429 Too Many Requests'),
    498: withStatus(498, 'x'),
    'a 402 of OpenRouter with a hint': Object.assign(new Error('x'), {
      status: 402,
      headers: { 'Retry-After': '5' },
    }),
    'LangChain without headers': withName('RateLimitCapacityError', { status: 429 }),
  },
  auth: {
    'a 403 of OpenRouter that flags nothing': openaiError(403, { message: 'No.', metadata: { flagged_input: null } }),
    401: withStatus(401, 'x'),
    403: withStatus(403, 'x'),
    invalid_api_key: openaiError(401, { code: 'invalid_api_key', type: 'invalid_request_error', message: 'x' }),
    AccessDeniedException: awsError('AccessDeniedException', 403),
    PERMISSION_DENIED: googleError(403, 'PERMISSION_DENIED', 'x'),
    'an invalid key of Google': googleError(400, 'INVALID_ARGUMENT', 'API key not valid.', [
      { reason: 'API_KEY_INVALID' },
    ]),
    'a missing key in the AI SDK': withName('AI_LoadAPIKeyError'),
  },
  not_found: {
    404: withStatus(404, 'x'),
    410: withStatus(410, 'x'),
    model_not_found: openaiError(404, { code: 'model_not_found', type: 'invalid_request_error', message: 'x' }),
    DeploymentNotFound: fromOpenAI('DeploymentNotFound', 404),
    ResourceNotFoundException: awsError('ResourceNotFoundException', 404),
  },
  invalid_request: {
    400: withStatus(400, 'x'),
    413: withStatus(413, 'x'),
    422: withStatus(422, 'x'),
    'request_too_large of Anthropic, which counts bytes': anthropicError(413, 'request_too_large', 'x'),
    ValidationException: awsError('ValidationException', 400),
    'a string that is too long': openaiError(400, { code: 'string_above_max_length', message: 'string too long' }),
    'a request larger than the tokens of a minute': openaiError(429, {
      code: 'rate_limit_exceeded',
      type: 'tokens',
      message: 'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 45112.',
    }),
    'a request larger than the tokens of a minute, from Groq as a 413': openaiError(413, {
      code: 'rate_limit_exceeded',
      type: 'tokens',
      message: 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 9000.',
    }),
    'an error with nothing but a type': Object.assign(new Error('x'), { type: 'invalid_request_error' }),
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
        ['a lost connection of the AWS SDK named TimeoutError', withName('TimeoutError', { message: NO_RESPONSE })],
        ['a truncated body of AWS', Object.assign(awsError('Error', 200, 'aborted'), { code: 'ECONNRESET' })],
        ['a connection of the Mistral SDK', withName('ConnectionError')],
      ]),
  ),
  server_error: {
    500: withStatus(500, 'x'),
    502: withStatus(502, '<html>Bad Gateway</html>'),
    409: withStatus(409, 'x'),
    424: awsError('ModelErrorException', 424),
    'api_error in a stream': anthropicError(undefined, 'api_error', 'Internal server error'),
    'server_error in a stream': Object.assign(new Error('x'), { type: 'server_error' }),
    'a model that failed in a stream': withName('ModelStreamErrorException'),
    'a key store that cannot be reached': anthropicError(503, 'api_error', 'x', {}, 'cmek_key_unreachable'),
    'data of the AI SDK': aiSdkError(500, { error: { message: 'x', type: 'server_error' } }),
  },
  unknown: {
    undefined: undefined,
    null: null,
    'a string': 'down',
    'a number': 429,
    'an error': new Error('down'),
    'broken JSON': new SyntaxError('Unexpected token < in JSON'),
    'a response with status 200': withStatus(200, 'x'),
    'an object': Object.freeze({}),
  },
};

describe.each(Object.entries(ROWS))('the errors of kind %s', (kind, errors) => {
  it.each(Object.entries(errors))(`include %s, classified as ${kind}`, (_what, error) => {
    const { kind: found, retry, breaker, failover } = classify(error);
    expect({ kind: found, retry, breaker, failover }).toEqual(
      Object.entries(FAILURE_DEFAULTS).find(([one]) => one === kind)?.[1],
    );
  });
});

describe('FAILURE_DEFAULTS', () => {
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
  ] as const)('has for %s the defaults retry %s, breaker %s, failover %s', (kind, retry, breaker, failover) => {
    expect(FAILURE_DEFAULTS[kind]).toEqual({ kind, retry, breaker, failover });
    expect(Object.isFrozen(FAILURE_DEFAULTS[kind])).toBe(true);
  });
});
