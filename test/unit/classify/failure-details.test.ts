import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { classify } from '../../../src/classify/index.js';
import { aiSdkError, anthropicError, awsError, closedStream, nodeError, openaiError } from './error-shapes.js';

describe('the status of a failure', () => {
  it.each([
    { where: 'status', error: { status: 503 } },
    { where: 'statusCode', error: { statusCode: 503 } },
    { where: 'status, as text', error: { status: '503' } },
    { where: '$metadata', error: { $metadata: { httpStatusCode: 503 } } },
    { where: 'response.status', error: { response: { status: 503 } } },
    { where: 'response.statusCode', error: { response: { statusCode: 503 } } },
    { where: 'rawResponse', error: { rawResponse: { status: 503 } } },
    { where: 'a numeric code', error: { code: 503 } },
    { where: 'the body', error: { error: { code: 503, message: 'x' } } },
    { where: 'the body of a response with status 200', error: { status: 200, error: { code: 503 } } },
    { where: 'JSON in the message', error: { message: '{"error":{"code":503}}' } },
    { where: 'JSON behind a message', error: { message: 'got status: UNAVAILABLE. {"error":{"code":503}}' } },
    { where: 'JSON in JSON', error: { message: JSON.stringify({ error: { message: '{"error":{"code":503}}' } }) } },
  ])('is found in $where', ({ error }) => {
    expect(classify(error)).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it.each([0, 7, 99, 600, 503.5, Number.NaN, '5e2', '0x1f7', '', null, {}, true])(
    'is undefined if the error has the status %o',
    (status) => {
      expect(classify({ status })).toEqual(classify({}));
    },
  );
});

describe('the status of a failure in the body of its error', () => {
  it('is the outermost one', () => {
    expect(classify({ error: { code: 503, details: [{ code: 400 }] } }).status).toBe(503);
  });

  it.each([200, 399, 600, 1_000, Number.NaN])('is undefined if the body has %o', (code) => {
    expect(classify({ error: { code } }).status).toBeUndefined();
  });
});

describe('the code of a failure', () => {
  it.each([
    { error: openaiError(429, { code: 'rate_limit_exceeded', type: 'tokens' }), code: 'rate_limit_exceeded' },
    { error: openaiError(400, { code: 'new_one', type: 'invalid_request_error' }), code: 'new_one' },
    { error: openaiError(429, { code: 'new_one', type: 'insufficient_quota' }), code: 'insufficient_quota' },
    { error: anthropicError(529, 'overloaded_error', 'x'), code: 'overloaded_error' },
    { error: awsError('ConflictException', 409), code: 'ConflictException' },
    { error: Object.assign(new Error('x'), { code: 'MINE' }), code: 'MINE' },
    { error: new TypeError('x'), code: undefined },
  ])('is the most specific one: $code', ({ error, code }) => {
    expect(classify(error).code).toBe(code);
  });

  it('is not taken from a list of validation issues', () => {
    const detail = [{ type: 'timeout_error', code: 'rate_limit_exceeded', message: 'daily limit' }];
    expect(classify({ status: 422, body: { detail } })).toEqual(classify({ status: 422 }));
  });

  it.each([
    { where: 'the error', make: (code: string) => ({ code, status: 500 }) },
    { where: 'the type of the error', make: (type: string) => ({ type, status: 500 }) },
    { where: 'the body', make: (code: string) => ({ status: 500, error: { code, type: code } }) },
    { where: 'the name', make: (code: string) => ({ name: `${code}Exception`, status: 500 }) },
    {
      where: 'a stream of HTTP/2',
      make: (code: string) => ({ code: 'ERR_HTTP2_STREAM_ERROR', message: `NGHTTP2_${code}` }),
    },
  ])('is never longer than 256 characters in $where, however long what the provider sends', ({ make }) => {
    expect(classify(make('x'.repeat(40))).code?.length).toBeGreaterThan(20);
    expect(classify(make('x'.repeat(10_000))).code?.length ?? 0).toBeLessThanOrEqual(256);
  });
});

describe('the provider of a failure', () => {
  class AnthropicError extends Error {}
  class OverloadedError extends AnthropicError {}
  class OpenAIError extends Error {}
  class APIError extends OpenAIError {}
  class APIConnectionError extends APIError {}
  class APIConnectionTimeoutError extends APIConnectionError {}

  it.each([
    { by: 'the base class of its errors', error: new OverloadedError('x'), provider: 'anthropic' },
    { by: 'a base class three levels up', error: new APIConnectionTimeoutError('x'), provider: 'openai' },
    { by: 'the host', error: aiSdkError(500, {}), provider: 'openai' },
    { by: 'a subdomain', error: { url: 'https://x.openai.azure.com/y', status: 500 }, provider: 'azure' },
    { by: 'a header', error: openaiError(500, {}, { 'x-groq-region': 'us' }), provider: 'groq' },
    {
      by: "a header, which takes precedence over OpenAI's SDK",
      error: Object.assign(new OpenAIError('x'), { headers: { 'x-groq-region': 'us' } }),
      provider: 'groq',
    },
    {
      by: 'a header of Azure beside one of OpenAI',
      error: Object.assign(new OpenAIError('x'), {
        headers: { 'openai-processing-ms': '12', 'apim-request-id': 'req' },
      }),
      provider: 'azure',
    },
    { by: "OpenAI's SDK, if no header identifies another provider", error: new OpenAIError('x'), provider: 'openai' },
    { by: 'an error without evidence', error: new Error('x'), provider: undefined },
    {
      by: 'a host that only ends like a known one',
      error: { url: 'https://evilapi.openai.com/' },
      provider: undefined,
    },
    {
      by: 'a path that contains a known host',
      error: { url: 'https://example.com/api.openai.com' },
      provider: undefined,
    },
    { by: 'a host that is not a URL', error: { url: 'api.openai.com' }, provider: undefined },
  ])('is found to be $provider by $by', ({ error, provider }) => {
    expect(classify(error).provider).toBe(provider);
  });
});

describe('a hint that only Azure or AWS sends', () => {
  class OpenAIError extends Error {}
  class AnthropicError extends Error {}

  it.each([
    { of: 'OpenAI', made: new OpenAIError('x'), headers: { 'openai-version': '2020-10-01' } },
    { of: 'Anthropic', made: new AnthropicError('x'), headers: { 'request-id': 'req' } },
    { of: 'unknown', made: new Error('x'), headers: {} },
  ])('is found even if the provider seems to be $of', ({ made, headers }) => {
    for (const name of ['x-ms-retry-after-ms', 'x-amz-retry-after']) {
      const answer = { status: 500, headers: new Headers({ ...headers, [name]: '1500' }) };
      expect(classify(Object.assign(made, answer))).toMatchObject({ retryAfterMs: 1_500, hintSource: name });
    }
  });
});

describe('a message beside a body', () => {
  const LASTS = 'You exceeded the daily limit.';
  const classifyBoth = (message: string, body: unknown) =>
    classify(Object.assign(new Error(message), { status: 429, error: body })).kind;

  it('is searched if it says more than the body', () => {
    expect(classifyBoth(`429 Slow down. ${LASTS}`, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(classifyBoth(`${LASTS} Slow down.`, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(classifyBoth(LASTS, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(classifyBoth(`429 {"message":"${LASTS}"}`, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(classifyBoth(`429 ${LASTS}`, {})).toBe('quota_exhausted');
    expect(classifyBoth(LASTS, { message: 'x'.repeat(LASTS.length) })).toBe('quota_exhausted');
  });

  it('is searched if it puts words before the body', () => {
    expect(classifyBoth(`${LASTS} {"message":"Slow down."}`, undefined)).toBe('quota_exhausted');
  });

  it.each([
    ['the text of the body', LASTS],
    ['that text with the status ahead', `429 ${LASTS}`],
    ['the JSON of the body with the status ahead', `429 {"message":"${LASTS}"}`],
  ])('counts if it is %s, whether or not the body says the same', (_, message) => {
    expect(classifyBoth(message, { message: LASTS })).toBe('quota_exhausted');
    expect(classifyBoth(message, { message: 'Slow down.' })).toBe('quota_exhausted');
  });

  it('is read if the body is empty, and searched if the text of the body is empty', () => {
    const spent = JSON.stringify({ error: { code: 'insufficient_quota', message: 'No.' } });
    expect(classifyBoth(spent, '')).toBe('quota_exhausted');
    expect(classifyBoth(JSON.stringify({ message: '', hint: LASTS }), { message: '' })).toBe('quota_exhausted');
  });

  it.each([
    ['the limit that was hit', { metadata: { quota_limit: 'RequestsPerDayPerProject' } }],
    ['the limit, in another spelling', { metadata: { quota_limit: 'requests_per_day' } }],
    ['the name of the quota', { violations: [{ quotaId: 'DailyLimitPerProject' }] }],
    ['what was violated', { violations: [{ subject: 'project:7', description: 'Daily limit for reads exceeded' }] }],
  ])('reveals a daily quota of Google by %s, and so does the body', (_what, detail) => {
    const body = { error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED', details: [detail] } };
    expect(classifyBoth(JSON.stringify(body), undefined)).toBe('quota_exhausted');
    expect(classifyBoth('Quota exceeded.', body)).toBe('quota_exhausted');
  });
});

describe('the request ID of a failure', () => {
  it.each([
    { requestID: 'req' },
    { requestId: 'req' },
    { request_id: 'req' },
    { $metadata: { requestId: 'req' } },
    { error: { request_id: 'req' } },
    { headers: { 'X-Request-Id': 'req' } },
    { headers: new Headers({ 'request-id': 'req' }) },
    { responseHeaders: { 'apim-request-id': 'req' } },
    { response: { headers: new Map([['x-request-id', 'req']]) } },
    { rawResponse: { headers: [['X-Request-ID', 'req']] } },
    { requestID: '', requestId: 7, headers: { 'x-request-id': ['req', 'other'] } },
  ])('is found in %o', (error) => {
    expect(classify(error).requestId).toBe('req');
  });

  class AnthropicError extends Error {}

  it.each([
    { of: 'OpenAI', made: new Error('x'), identified: { 'openai-version': '1' } },
    { of: 'Azure', made: new Error('x'), identified: { 'apim-request-id': '' } },
    { of: 'an unknown provider', made: new Error('x'), identified: {} },
    { of: "another provider than the SDK's", made: new AnthropicError('x'), identified: {} },
  ])('is found in every header for it, in a response of $of', ({ made, identified }) => {
    for (const name of [
      'request-id',
      'x-request-id',
      'x-amzn-requestid',
      'apim-request-id',
      'mistral-correlation-id',
      'x-debug-trace-id',
    ]) {
      const headers = new Headers({ ...identified, [name]: 'req' });
      expect(classify(Object.assign(made, { status: 500, headers })).requestId).toBe('req');
    }
  });

  it('is left out if it is empty or longer than 256 characters', () => {
    expect(classify({ requestID: 'x'.repeat(257), headers: { 'x-request-id': '' } }).requestId).toBeUndefined();
  });
});

describe('unexecuted of a failure', () => {
  const LIMITED = { 'retry-after': '5' };
  const refused = (times: number) => Array.from({ length: times }, () => nodeError('ECONNREFUSED'));
  const unreadable = () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  };

  it.each([
    { when: 'the connection was refused', error: nodeError('ECONNREFUSED') },
    { when: 'DNS does not know the name', error: nodeError('ENOTFOUND') },
    { when: 'DNS could not be reached', error: nodeError('EAI_AGAIN') },
    { when: 'connecting timed out', error: nodeError('UND_ERR_CONNECT_TIMEOUT') },
    { when: 'the stream was refused', error: closedStream('NGHTTP2_REFUSED_STREAM') },
    { when: 'the connection was refused in every attempt', error: { errors: refused(8), lastError: refused(1)[0] } },
    { when: 'a 429 comes with a hint', error: openaiError(429, {}, LIMITED) },
    { when: 'a 503 comes with a hint', error: openaiError(503, {}, LIMITED) },
    { when: 'the header x-should-retry says so', error: openaiError(500, {}, { 'x-should-retry': 'true' }) },
  ])('is true when $when', ({ error }) => {
    expect(classify(error).unexecuted).toBe(true);
  });

  it.each([
    { when: 'the connection broke', error: nodeError('ECONNRESET') },
    { when: 'the stream broke', error: closedStream('NGHTTP2_INTERNAL_ERROR') },
    { when: 'a 429 comes without a hint', error: openaiError(429, {}) },
    { when: 'a 503 has a hint only in its text', error: openaiError(503, { message: 'Please try again in 5s.' }) },
    { when: 'a 500 comes with a hint', error: openaiError(500, {}, LIMITED) },
    { when: 'a gateway reports a refused connection', error: openaiError(502, { code: 'ECONNREFUSED' }) },
    {
      when: 'a gateway reports a refused stream',
      error: Object.assign(closedStream('NGHTTP2_REFUSED_STREAM'), { status: 502 }),
    },
    {
      when: 'the message of another error mentions a refused stream',
      error: nodeError('ECONNRESET', 'after NGHTTP2_REFUSED_STREAM'),
    },
    { when: 'a gateway reports a refused connection within a stream', error: { error: { code: 'ECONNREFUSED' } } },
    {
      when: 'the connection broke in one of many attempts',
      error: { errors: [...refused(9), nodeError('ECONNRESET')] },
    },
    {
      when: 'the connection broke in one of many attempts before the last',
      error: { errors: [...refused(9), nodeError('ECONNRESET')], lastError: nodeError('ECONNREFUSED') },
    },
    {
      when: 'the errors of the other attempts cannot be read',
      error: { errors: unreadable(), lastError: nodeError('ECONNREFUSED') },
    },
    { when: 'a rate limit is reported within a stream', error: { error: { code: 429 }, headers: LIMITED } },
  ])('is undefined when $when', ({ error }) => {
    expect(classify(error).unexecuted).toBeUndefined();
  });
});

describe('the header x-should-retry', () => {
  const classifyWith = (shouldRetry: string, status: number, body: object = {}) =>
    classify(openaiError(status, body, { 'x-should-retry': shouldRetry }));

  it('decides whether a failure is retried', () => {
    expect(classifyWith('false', 503)).toMatchObject({ kind: 'overloaded', retry: 'never', failover: true });
    expect(classifyWith('false', 429)).toMatchObject({ kind: 'rate_limited', retry: 'never' });
    expect(classifyWith('true', 400)).toMatchObject({ kind: 'invalid_request', retry: 'backoff', unexecuted: true });
    expect(classifyWith('true', 429)).toMatchObject({ kind: 'rate_limited', retry: 'after_hint' });
    expect(classifyWith('perhaps', 503)).toEqual(classify(openaiError(503, {})));
  });

  it('is ignored for an exhausted quota and a cancelled call', () => {
    expect(classifyWith('true', 429, { code: 'insufficient_quota' })).toMatchObject({ retry: 'never' });
    expect(classifyWith('true', 429, { code: 'insufficient_quota' }).unexecuted).toBeUndefined();
    expect(classifyWith('true', 499)).toMatchObject({ kind: 'cancelled', retry: 'never' });
  });
});

describe('the hint of a failure', () => {
  it('comes with its source', () => {
    expect(classify(openaiError(429, {}, { 'retry-after': '90' }))).toMatchObject({
      retryAfterMs: 90_000,
      hintSource: 'retry-after',
    });
    expect(classify(openaiError(429, {}, { 'x-ratelimit-reset-tokens': '6m0s' }))).toMatchObject({
      retryAfterMs: 360_000,
      hintSource: 'x-ratelimit-reset',
      hintIsUpperBound: true,
    });
  });

  it.each([
    ['a list, of which the longest counts', { 'retry-after': ['5', '90', '7'] }],
    ['a list of one', { 'Retry-After': ['90'] }],
    ['a Map, in any case', new Map([['Retry-After', '90']])],
    ['a Map of lists', new Map([['retry-after', ['5', '90']]])],
  ])('is found in headers given as %s', (_what, headers) => {
    expect(classify({ status: 429, headers }).retryAfterMs).toBe(90_000);
  });

  it("is read from Anthropic's rate limit headers even if the provider seems to be another", () => {
    class OpenAIError extends Error {}
    const limits = {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-21T08:00:30Z',
      date: 'Sat, 21 Nov 2026 08:00:00 GMT',
    };
    const read = (more: object) =>
      classify(Object.assign(new OpenAIError('x'), { status: 429, headers: new Headers({ ...limits, ...more }) }));
    const hint = { retryAfterMs: 30_000, hintSource: 'anthropic-ratelimit-reset', hintIsUpperBound: true };
    expect(read({})).toMatchObject(hint);
    expect(read({ 'apim-request-id': 'req' })).toMatchObject(hint);
    expect(read({ 'openai-version': '2020-10-01' })).toMatchObject(hint);
  });

  it('is found if the global Headers is replaced by a class that keeps the case of names', () => {
    class Imitated {
      readonly #written = { 'X-RateLimit-Reset-Requests': '6s' };

      get(name: string): string | null {
        return Object.entries(this.#written).find(([written]) => written.toLowerCase() === name)?.[1] ?? null;
      }

      entries(): Iterator<[string, string]> {
        return Object.entries(this.#written).values();
      }
    }
    vi.stubGlobal('Headers', Imitated);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(classify({ status: 429, headers: new Imitated() })).toMatchObject({ retryAfterMs: 6_000 });
  });

  it('is not read from rate limit headers if no rate limit failed', () => {
    const limits = { 'x-ratelimit-reset-tokens': '6m0s', 'x-ratelimit-remaining-tokens': '0' };
    expect(classify(openaiError(503, {}, limits)).retryAfterMs).toBeUndefined();
    for (const status of [undefined, 200]) {
      expect(classify(openaiError(status, { code: 'rate_limit_exceeded' }, limits)).retryAfterMs).toBeUndefined();
    }
  });

  it.each([
    { kind: 'rate_limited', error: { status: 429 }, found: true },
    { kind: 'overloaded', error: { status: 503 }, found: true },
    { kind: 'quota_exhausted', error: { status: 402 }, found: true },
    { kind: 'server_error', error: { status: 500 }, found: true },
    { kind: 'timeout', error: { status: 504 }, found: false },
    { kind: 'network', error: { code: 'EPIPE' }, found: false },
    { kind: 'unknown', error: {}, found: false },
  ])('is read from the text of an error of kind $kind: $found', ({ kind, error, found }) => {
    const failure = classify({ ...error, message: 'Try again in 5s.' });
    expect([failure.kind, failure.retryAfterMs]).toEqual([kind, found ? 5_000 : undefined]);
  });

  it('is left out if waiting does not help against the failure', () => {
    expect(classify(openaiError(400, {}, { 'retry-after': '90' })).retryAfterMs).toBeUndefined();
  });

  it('is taken from retryAfterMs of the error itself rather than from headers', () => {
    expect(classify({ status: 429, retryAfterMs: 1_500, headers: { 'retry-after': '9' } })).toMatchObject({
      retryAfterMs: 1_500,
      hintSource: 'error',
    });
    expect(classify({ status: 429, retryAfterMs: -1, headers: { 'retry-after': '9' } }).retryAfterMs).toBe(9_000);
  });
});
