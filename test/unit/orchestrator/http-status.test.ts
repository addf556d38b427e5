import {
  AttemptTimeoutError,
  BreakerOpenError,
  ConfigurationError,
  createResilience,
  DeadlineExceededError,
  QuotaHeldError,
  ResilienceClosedError,
  toHttpStatus,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../../support/calls.js';

const answered = (status: number, body: object = {}) => Object.assign(new Error('answered'), { status, ...body });

describe('the HTTP status of an error', () => {
  it.each([
    { error: new BreakerOpenError('chat', 'open', 5), status: 503 },
    { error: new QuotaHeldError('chat', undefined, 'rate_limited', 5), status: 429 },
    { error: new QuotaHeldError('chat', undefined, 'quota_exhausted', 5), status: 503 },
    { error: new ResilienceClosedError('this Resilience is closed'), status: 503 },
    { error: new DeadlineExceededError('chat', 5), status: 504 },
    { error: new AttemptTimeoutError('chat', 5), status: 504 },
    { error: new ConfigurationError([]), status: 500 },
  ])('follows from the code of a holdfast error: $error.name', ({ error, status }) => {
    expect(toHttpStatus(error)).toBe(status);
  });

  it.each([
    { what: 'an abort by the caller', error: new DOMException('left', 'AbortError'), status: 499 },
    { what: 'a timeout', error: new DOMException('late', 'TimeoutError'), status: 504 },
    { what: 'no credit', error: answered(429, { code: 'insufficient_quota' }), status: 503 },
    { what: 'too long a prompt', error: answered(400, { code: 'context_length_exceeded' }), status: 413 },
    { what: 'a request that is too large', error: answered(413, {}), status: 413 },
    { what: 'a request that cannot be processed', error: answered(422, {}), status: 422 },
    { what: 'a filtered prompt', error: answered(400, { code: 'content_filter' }), status: 422 },
    { what: 'an overloaded provider', error: answered(529), status: 503 },
    { what: 'a rate limit', error: answered(429), status: 429 },
    { what: 'our bad credentials', error: answered(401), status: 502 },
    { what: 'a model that is not there', error: answered(404), status: 502 },
    { what: 'a bad request', error: answered(400), status: 400 },
    { what: 'a lost connection', error: Object.assign(new Error('reset'), { code: 'ECONNRESET' }), status: 502 },
    { what: 'a broken provider', error: answered(500), status: 502 },
    { what: 'a bug', error: new TypeError('x is not a function'), status: 500 },
    { what: 'a thrown string', error: 'down', status: 500 },
    { what: 'nothing at all', error: undefined, status: 500 },
  ])('follows from the classification of any other error: $what', ({ error, status }) => {
    expect(toHttpStatus(error)).toBe(status);
  });

  it('follows from the classification by the call, where the error alone says less', async () => {
    const rule = { name: 'ours', when: { message: /sorry/i }, means: 'overloaded' } as const;
    const resilience = createResilience({ classify: [rule], config: { defaults: { retry: false } } });
    const error = new Error('Sorry!');
    expect(toHttpStatus(error)).toBe(500);
    await errorOf(resilience.execute('chat', () => Promise.reject(error)));
    expect(toHttpStatus(error)).toBe(503);
  });

  it('is the same for every abort by the caller, whatever reason the caller gave', async () => {
    const resilience = createResilience();
    const reason = new Error('the user closed the tab');
    await errorOf(resilience.execute('chat', () => 'never', { signal: AbortSignal.abort(reason) }));
    expect(toHttpStatus(reason)).toBe(499);
  });

  it('follows from the classification of an error of another version whose code is unknown here', () => {
    const foreign = Object.assign(new Error('later'), { [Symbol.for('holdfast.error')]: true, code: 'HOLDFAST_LATER' });
    expect(toHttpStatus(foreign)).toBe(500);
  });

  it('is 500 for a code that is the name of an inherited property', () => {
    for (const code of ['constructor', 'toString', '__proto__']) {
      const foreign = Object.assign(new Error('later'), { [Symbol.for('holdfast.error')]: true, code });
      expect(toHttpStatus(foreign)).toBe(500);
    }
  });

  it('is 500 for an error that cannot be read', () => {
    const explode = () => {
      throw new RangeError('a trap of a Proxy');
    };
    expect(toHttpStatus(new Proxy({}, { get: explode, has: explode, getPrototypeOf: explode }))).toBe(500);
  });
});
