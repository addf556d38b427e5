import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { classify } from '../../../src/classify/index.js';
import { aiSdkError, anthropicError, awsError, closedStream, nodeError, openaiError } from './error-shapes.js';

describe('the status', () => {
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
    { where: 'the body of an answer that went well', error: { status: 200, error: { code: 503 } } },
    { where: 'JSON in the message', error: { message: '{"error":{"code":503}}' } },
    { where: 'JSON behind a message', error: { message: 'got status: UNAVAILABLE. {"error":{"code":503}}' } },
    { where: 'JSON in JSON', error: { message: JSON.stringify({ error: { message: '{"error":{"code":503}}' } }) } },
  ])('is found in $where', ({ error }) => {
    expect(classify(error)).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it.each([0, 7, 99, 600, 503.5, Number.NaN, '5e2', '0x1f7', '', null, {}, true])('is none when it is %o', (status) => {
    expect(classify({ status })).toEqual(classify({}));
  });
});

describe('the status in a body', () => {
  it('is the outermost one', () => {
    expect(classify({ error: { code: 503, details: [{ code: 400 }] } }).status).toBe(503);
  });

  it.each([200, 399, 600, 1_000, Number.NaN])('is none when it is no error: %o', (code) => {
    expect(classify({ error: { code } }).status).toBeUndefined();
  });
});

describe('the code', () => {
  it.each([
    { error: openaiError(429, { code: 'rate_limit_exceeded', type: 'tokens' }), code: 'rate_limit_exceeded' },
    { error: openaiError(400, { code: 'new_one', type: 'invalid_request_error' }), code: 'new_one' },
    { error: openaiError(429, { code: 'new_one', type: 'insufficient_quota' }), code: 'insufficient_quota' },
    { error: anthropicError(529, 'overloaded_error', 'x'), code: 'overloaded_error' },
    { error: awsError('ConflictException', 409), code: 'ConflictException' },
    { error: Object.assign(new Error('x'), { code: 'MINE' }), code: 'MINE' },
    { error: new TypeError('x'), code: undefined },
  ])('is the most telling one: $code', ({ error, code }) => {
    expect(classify(error).code).toBe(code);
  });

  it('is none that a validator lists, which are of the request', () => {
    const detail = [{ type: 'timeout_error', code: 'rate_limit_exceeded', message: 'daily limit' }];
    expect(classify({ status: 422, body: { detail } })).toEqual(classify({ status: 422 }));
  });
});

describe('the provider', () => {
  class AnthropicError extends Error {}
  class OverloadedError extends AnthropicError {}
  class OpenAIError extends Error {}
  class APIError extends OpenAIError {}
  class APIConnectionError extends APIError {}
  class APIConnectionTimeoutError extends APIConnectionError {}

  it.each([
    { by: 'the class that all its errors share', error: new OverloadedError('x'), provider: 'anthropic' },
    { by: 'that class three above its own', error: new APIConnectionTimeoutError('x'), provider: 'openai' },
    { by: 'the host', error: aiSdkError(500, {}), provider: 'openai' },
    { by: 'a host within another', error: { url: 'https://x.openai.azure.com/y', status: 500 }, provider: 'azure' },
    { by: 'a header', error: openaiError(500, {}, { 'x-groq-region': 'us' }), provider: 'groq' },
    {
      by: "a header rather than OpenAI's SDK",
      error: Object.assign(new OpenAIError('x'), { headers: { 'x-groq-region': 'us' } }),
      provider: 'groq',
    },
    {
      by: 'a header of Azure, whose answers carry a header of OpenAI too',
      error: Object.assign(new OpenAIError('x'), {
        headers: { 'openai-processing-ms': '12', 'apim-request-id': 'req' },
      }),
      provider: 'azure',
    },
    { by: "OpenAI's SDK, if nothing else", error: new OpenAIError('x'), provider: 'openai' },
    { by: 'nothing', error: new Error('x'), provider: undefined },
    { by: 'no host that only ends alike', error: { url: 'https://evilapi.openai.com/' }, provider: undefined },
    { by: 'no host in a path', error: { url: 'https://example.com/api.openai.com' }, provider: undefined },
    { by: 'no url at all', error: { url: 'api.openai.com' }, provider: undefined },
  ])('is known by $by', ({ error, provider }) => {
    expect(classify(error).provider).toBe(provider);
  });
});

describe('a hint that only Azure or AWS send', () => {
  class OpenAIError extends Error {}
  class AnthropicError extends Error {}

  it.each([
    { of: 'OpenAI', made: new OpenAIError('x'), headers: { 'openai-version': '2020-10-01' } },
    { of: 'Anthropic', made: new AnthropicError('x'), headers: { 'request-id': 'req' } },
    { of: 'nobody known', made: new Error('x'), headers: {} },
  ])('is found whoever seems to have answered: here $of', ({ made, headers }) => {
    for (const name of ['x-ms-retry-after-ms', 'x-amz-retry-after']) {
      const answer = { status: 500, headers: new Headers({ ...headers, [name]: '1500' }) };
      expect(classify(Object.assign(made, answer))).toMatchObject({ retryAfterMs: 1_500, hintSource: name });
    }
  });
});

describe('a message beside a body', () => {
  const LASTS = 'You exceeded the daily limit.';
  const kindOf = (message: string, body: unknown) =>
    classify(Object.assign(new Error(message), { status: 429, error: body })).kind;

  it('is searched where it says more than the body', () => {
    expect(kindOf(`429 Slow down. ${LASTS}`, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(kindOf(`${LASTS} Slow down.`, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(kindOf(LASTS, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(kindOf(`429 {"message":"${LASTS}"}`, { message: 'Slow down.' })).toBe('quota_exhausted');
    expect(kindOf(`429 ${LASTS}`, {})).toBe('quota_exhausted');
    expect(kindOf(LASTS, { message: 'x'.repeat(LASTS.length) })).toBe('quota_exhausted');
  });

  it('is searched where the body stands behind words of its own', () => {
    expect(kindOf(`${LASTS} {"message":"Slow down."}`, undefined)).toBe('quota_exhausted');
  });

  it.each([
    ['the text of the body', LASTS],
    ['that text with the status ahead', `429 ${LASTS}`],
    ['the JSON of the body with the status ahead', `429 {"message":"${LASTS}"}`],
  ])('changes nothing where it is %s', (_, message) => {
    expect(kindOf(message, { message: LASTS })).toBe('quota_exhausted');
    expect(kindOf(message, { message: 'Slow down.' })).toBe('quota_exhausted');
  });

  it('is read where the body is empty, and searched where its text is', () => {
    const spent = JSON.stringify({ error: { code: 'insufficient_quota', message: 'No.' } });
    expect(kindOf(spent, '')).toBe('quota_exhausted');
    expect(kindOf(JSON.stringify({ message: '', hint: LASTS }), { message: '' })).toBe('quota_exhausted');
  });

  it.each([
    ['the limit that was hit', { metadata: { quota_limit: 'RequestsPerDayPerProject' } }],
    ['the limit, in another spelling', { metadata: { quota_limit: 'requests_per_day' } }],
    ['the name of the quota', { violations: [{ quotaId: 'DailyLimitPerProject' }] }],
    ['what was violated', { violations: [{ subject: 'project:7', description: 'Daily limit for reads exceeded' }] }],
  ])('or the body itself tells by %s that a quota of Google is one by the day', (_what, detail) => {
    const body = { error: { code: 429, message: 'Quota exceeded.', status: 'RESOURCE_EXHAUSTED', details: [detail] } };
    expect(kindOf(JSON.stringify(body), undefined)).toBe('quota_exhausted');
    expect(kindOf('Quota exceeded.', body)).toBe('quota_exhausted');
  });
});

describe('the number of the request', () => {
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
    { of: 'OpenAI', made: new Error('x'), told: { 'openai-version': '1' } },
    { of: 'Azure', made: new Error('x'), told: { 'apim-request-id': '' } },
    { of: 'nobody known', made: new Error('x'), told: {} },
    { of: 'somebody else than the SDK is for', made: new AnthropicError('x'), told: {} },
  ])('is found where the answer is of $of, in every header that has it', ({ made, told }) => {
    for (const name of [
      'request-id',
      'x-request-id',
      'x-amzn-requestid',
      'apim-request-id',
      'mistral-correlation-id',
      'x-debug-trace-id',
    ]) {
      const headers = new Headers({ ...told, [name]: 'req' });
      expect(classify(Object.assign(made, { status: 500, headers })).requestId).toBe('req');
    }
  });

  it('is none when it is no number of a request', () => {
    expect(classify({ requestID: 'x'.repeat(257), headers: { 'x-request-id': '' } }).requestId).toBeUndefined();
  });
});

describe('nothing was executed', () => {
  const LIMITED = { 'retry-after': '5' };
  const refused = (times: number) => Array.from({ length: times }, () => nodeError('ECONNREFUSED'));
  const unreadable = () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return proxy;
  };

  it.each([
    { when: 'nobody listened', error: nodeError('ECONNREFUSED') },
    { when: 'nobody has the name', error: nodeError('ENOTFOUND') },
    { when: 'the name could not be looked up', error: nodeError('EAI_AGAIN') },
    { when: 'no connection came about', error: nodeError('UND_ERR_CONNECT_TIMEOUT') },
    { when: 'the stream was refused', error: closedStream('NGHTTP2_REFUSED_STREAM') },
    { when: 'nobody listened, as often as was tried', error: { errors: refused(8), lastError: refused(1)[0] } },
    { when: 'a 429 names a time', error: openaiError(429, {}, LIMITED) },
    { when: 'a 503 names a time', error: openaiError(503, {}, LIMITED) },
    { when: 'the callee says so', error: openaiError(500, {}, { 'x-should-retry': 'true' }) },
  ])('when $when', ({ error }) => {
    expect(classify(error).unexecuted).toBe(true);
  });

  it.each([
    { when: 'the connection broke', error: nodeError('ECONNRESET') },
    { when: 'the stream broke', error: closedStream('NGHTTP2_INTERNAL_ERROR') },
    { when: 'a 429 names no time', error: openaiError(429, {}) },
    { when: 'a 503 names one in words alone', error: openaiError(503, { message: 'Please try again in 5s.' }) },
    { when: 'a 500 names a time', error: openaiError(500, {}, LIMITED) },
    { when: 'a gateway was refused', error: openaiError(502, { code: 'ECONNREFUSED' }) },
    {
      when: "a gateway's stream was refused",
      error: Object.assign(closedStream('NGHTTP2_REFUSED_STREAM'), { status: 502 }),
    },
    {
      when: 'an error of another kind speaks of a refused stream',
      error: nodeError('ECONNRESET', 'after NGHTTP2_REFUSED_STREAM'),
    },
    { when: 'a gateway was refused while it streamed', error: { error: { code: 'ECONNREFUSED' } } },
    { when: 'one of many attempts broke', error: { errors: [...refused(9), nodeError('ECONNRESET')] } },
    {
      when: 'one of many attempts broke, and the last one did not',
      error: { errors: [...refused(9), nodeError('ECONNRESET')], lastError: nodeError('ECONNREFUSED') },
    },
    {
      when: 'nobody can read what became of the others',
      error: { errors: unreadable(), lastError: nodeError('ECONNREFUSED') },
    },
    { when: 'a stream that had begun was limited', error: { error: { code: 429 }, headers: LIMITED } },
  ])('is not certain when $when', ({ error }) => {
    expect(classify(error).unexecuted).toBeUndefined();
  });
});

describe('what the callee says of trying again', () => {
  const saying = (said: string, status: number, body: object = {}) =>
    classify(openaiError(status, body, { 'x-should-retry': said }));

  it('counts', () => {
    expect(saying('false', 503)).toMatchObject({ kind: 'overloaded', retry: 'never', failover: true });
    expect(saying('false', 429)).toMatchObject({ kind: 'rate_limited', retry: 'never' });
    expect(saying('true', 400)).toMatchObject({ kind: 'invalid_request', retry: 'backoff', unexecuted: true });
    expect(saying('true', 429)).toMatchObject({ kind: 'rate_limited', retry: 'after_hint' });
    expect(saying('perhaps', 503)).toEqual(classify(openaiError(503, {})));
  });

  it('does not count for a quota that is used up, or a call that was cancelled', () => {
    expect(saying('true', 429, { code: 'insufficient_quota' })).toMatchObject({ retry: 'never' });
    expect(saying('true', 429, { code: 'insufficient_quota' }).unexecuted).toBeUndefined();
    expect(saying('true', 499)).toMatchObject({ kind: 'cancelled', retry: 'never' });
  });
});

describe('the hint', () => {
  it('comes with where it was found', () => {
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
    ['a list of them, the longest', { 'retry-after': ['5', '90', '7'] }],
    ['a list of one', { 'Retry-After': ['90'] }],
    ['a Map, in any case', new Map([['Retry-After', '90']])],
    ['a Map of lists', new Map([['retry-after', ['5', '90']]])],
  ])('is found in %s', (_what, headers) => {
    expect(classify({ status: 429, headers }).retryAfterMs).toBe(90_000);
  });

  it("is read from Anthropic's limits whoever seems to have answered", () => {
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

  it("is read where headers of somebody else's stand in the place of Node's, and give names as they were written", () => {
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

  it('is not read from limits that came with something else', () => {
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
  ])('is read from texts where it is $kind: $found', ({ kind, error, found }) => {
    const failure = classify({ ...error, message: 'Try again in 5s.' });
    expect([failure.kind, failure.retryAfterMs]).toEqual([kind, found ? 5_000 : undefined]);
  });

  it('is not looked for where no waiting helps', () => {
    expect(classify(openaiError(400, {}, { 'retry-after': '90' })).retryAfterMs).toBeUndefined();
  });

  it('may stand on the error itself', () => {
    expect(classify({ status: 429, retryAfterMs: 1_500, headers: { 'retry-after': '9' } })).toMatchObject({
      retryAfterMs: 1_500,
      hintSource: 'error',
    });
    expect(classify({ status: 429, retryAfterMs: -1, headers: { 'retry-after': '9' } }).retryAfterMs).toBe(9_000);
  });
});
