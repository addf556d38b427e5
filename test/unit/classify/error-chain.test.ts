import { describe, expect, it } from 'vitest';
import { classify } from '../../../src/classify/index.js';
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIUserAbortError,
  fetchFailed,
  nodeError,
  openaiError,
} from './error-shapes.js';

/** An error with `depth` causes, the last of which is given. */
function buried(depth: number, innermost: unknown): unknown {
  let error = innermost;
  for (let layer = 0; layer < depth; layer++) error = new Error('It failed.', { cause: error });
  return error;
}

describe('a chain of causes', () => {
  it('tells what the innermost error is', () => {
    const error = new APIConnectionError('Connection error.', { cause: fetchFailed(nodeError('ECONNREFUSED')) });
    expect(classify(error)).toMatchObject({ kind: 'network', code: 'ECONNREFUSED', unexecuted: true });
  });

  it('believes a certain cause more than a vague error around it', () => {
    const error = new APIConnectionError('Connection error.', { cause: nodeError('UND_ERR_CONNECT_TIMEOUT') });
    expect(classify(error).kind).toBe('timeout');
    const named = Object.assign(new Error('x', { cause: nodeError('ECONNREFUSED') }), { name: 'PoolTimeoutError' });
    expect(classify(named).kind).toBe('network');
  });

  it('believes a certain error more than its cause', () => {
    const cause = new DOMException('aborted', 'AbortError');
    expect(classify(new APIConnectionTimeoutError('Request timed out.', { cause })).kind).toBe('timeout');
    expect(classify(Object.assign(new Error('x', { cause }), { status: 503 })).kind).toBe('overloaded');
  });

  it('tells an abort by a time limit from any other', () => {
    const late = new DOMException('late', 'TimeoutError');
    expect(classify(new APIUserAbortError('Request was aborted.', { cause: late })).kind).toBe('timeout');
    expect(classify(new APIUserAbortError('Request was aborted.', { cause: new Error('x') })).kind).toBe('cancelled');
    expect(classify(new APIUserAbortError('Request was aborted.', { cause: nodeError('EPIPE') })).kind).toBe(
      'cancelled',
    );
  });

  it('is vague only when nothing in it is certain, and then by its outermost error', () => {
    expect(classify(buried(3, new TypeError('terminated'))).kind).toBe('network');
    expect(classify(new TypeError('terminated', { cause: new Error('429 Too Many Requests') })).kind).toBe('network');
  });

  it('is followed to a depth of eight', () => {
    expect(classify(buried(8, nodeError('EPIPE'))).kind).toBe('network');
    expect(classify(buried(9, nodeError('EPIPE'))).kind).toBe('unknown');
    expect(classify(buried(10_000, nodeError('EPIPE'))).kind).toBe('unknown');
  });

  it('may bite its own tail', () => {
    const error = new Error('x');
    const cause = Object.assign(new Error('y', { cause: error }), { errors: [error], lastError: error });
    error.cause = cause;
    expect(classify(error).kind).toBe('unknown');
  });

  it('may be wide', () => {
    const wide = (depth: number): unknown =>
      Object.assign(new Error('x'), depth === 0 ? {} : { errors: Array.from({ length: 50 }, () => wide(depth - 1)) });
    expect(classify(wide(3)).kind).toBe('unknown');
  });

  it('tells by outer errors what the one that decided does not', () => {
    const headers = new Headers({ 'request-id': 'req_7', 'retry-after': '5' });
    const around = Object.assign(new Error('x', { cause: nodeError('ECONNRESET') }), { status: 200, headers });
    expect(classify(around)).toEqual({
      kind: 'network',
      retry: 'backoff',
      breaker: 'failure',
      failover: true,
      code: 'ECONNRESET',
      status: 200,
      provider: 'anthropic',
      requestId: 'req_7',
      retryAfterMs: 5_000,
      hintSource: 'retry-after',
    });
  });
});

describe('several errors', () => {
  const refused = nodeError('ECONNREFUSED');

  it('are what the strongest of them is', () => {
    const errors = [refused, openaiError(429, { code: 'rate_limit_exceeded' })];
    expect(classify(new AggregateError(errors)).kind).toBe('rate_limited');
    expect(classify(new AggregateError(errors.toReversed())).kind).toBe('rate_limited');
  });

  it('are what the last attempt was, where a library tells it', () => {
    const lastError = openaiError(500, { type: 'server_error' });
    const errors = [openaiError(429, { code: 'rate_limit_exceeded' }), lastError];
    const error = Object.assign(new Error('Failed after 2 attempts.'), { name: 'AI_RetryError', errors, lastError });
    expect(classify(error)).toMatchObject({ kind: 'server_error', status: 500 });
  });

  it('keep what was said of another attempt to itself', () => {
    const lastError = nodeError('ECONNRESET');
    const headers = { 'retry-after': '90', 'x-should-retry': 'false', 'request-id': 'req_1' };
    const errors = [openaiError(429, { code: 'rate_limit_exceeded' }, headers), lastError];
    expect(classify(Object.assign(new Error('x'), { errors, lastError }))).toEqual({
      kind: 'network',
      retry: 'backoff',
      breaker: 'failure',
      failover: true,
      code: 'ECONNRESET',
    });
  });

  it('leave it open what was executed, unless it is certain for each of them', () => {
    expect(classify(new AggregateError([refused, nodeError('ECONNREFUSED')])).unexecuted).toBe(true);
    expect(classify(new AggregateError([refused, nodeError('ECONNRESET')])).unexecuted).toBeUndefined();
    const retried = { errors: [openaiError(500, {}), refused], lastError: refused };
    expect(classify(Object.assign(new Error('x'), retried))).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
    expect(classify(Object.assign(new Error('x'), retried)).unexecuted).toBeUndefined();
  });
});
