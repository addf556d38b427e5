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

/** Wraps an error in `depth` others by their causes. */
function wrapInCauses(depth: number, innermost: unknown): unknown {
  let error = innermost;
  for (let layer = 0; layer < depth; layer++) error = new Error('It failed.', { cause: error });
  return error;
}

describe('classify with a chain of causes', () => {
  it('lets the innermost cause decide if the errors around it are only wrappers', () => {
    const error = new APIConnectionError('Connection error.', { cause: fetchFailed(nodeError('ECONNREFUSED')) });
    expect(classify(error)).toMatchObject({ kind: 'network', code: 'ECONNREFUSED', unexecuted: true });
  });

  it('prefers strong evidence of a cause to weak evidence of the error around it', () => {
    const error = new APIConnectionError('Connection error.', { cause: nodeError('UND_ERR_CONNECT_TIMEOUT') });
    expect(classify(error).kind).toBe('timeout');
    const named = Object.assign(new Error('x', { cause: nodeError('ECONNREFUSED') }), { name: 'PoolTimeoutError' });
    expect(classify(named).kind).toBe('network');
  });

  it('prefers strong evidence of an error to that of its cause', () => {
    const cause = new DOMException('aborted', 'AbortError');
    expect(classify(new APIConnectionTimeoutError('Request timed out.', { cause })).kind).toBe('timeout');
    expect(classify(Object.assign(new Error('x', { cause }), { status: 503 })).kind).toBe('overloaded');
  });

  it('takes an abort caused by a timeout as a timeout, and any other as cancelled', () => {
    const late = new DOMException('late', 'TimeoutError');
    expect(classify(new APIUserAbortError('Request was aborted.', { cause: late })).kind).toBe('timeout');
    expect(classify(new APIUserAbortError('Request was aborted.', { cause: new Error('x') })).kind).toBe('cancelled');
    expect(classify(new APIUserAbortError('Request was aborted.', { cause: nodeError('EPIPE') })).kind).toBe(
      'cancelled',
    );
  });

  it('lets weak evidence of the outermost error decide if no error of the chain has strong evidence', () => {
    expect(classify(wrapInCauses(3, new TypeError('terminated'))).kind).toBe('network');
    expect(classify(new TypeError('terminated', { cause: new Error('429 Too Many Requests') })).kind).toBe('network');
  });

  it('follows causes to a depth of eight', () => {
    expect(classify(wrapInCauses(8, nodeError('EPIPE'))).kind).toBe('network');
    expect(classify(wrapInCauses(9, nodeError('EPIPE'))).kind).toBe('unknown');
    expect(classify(wrapInCauses(10_000, nodeError('EPIPE'))).kind).toBe('unknown');
  });

  it('accepts a chain that contains itself', () => {
    const error = new Error('x');
    const cause = Object.assign(new Error('y', { cause: error }), { errors: [error], lastError: error });
    error.cause = cause;
    expect(classify(error).kind).toBe('unknown');
  });

  it('accepts a chain of thousands of errors', () => {
    const wide = (depth: number): unknown =>
      Object.assign(new Error('x'), depth === 0 ? {} : { errors: Array.from({ length: 50 }, () => wide(depth - 1)) });
    expect(classify(wide(3)).kind).toBe('unknown');
  });

  it('takes the fields that the deciding error lacks from the outer errors', () => {
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

describe('classify with the errors of several attempts', () => {
  const refused = nodeError('ECONNREFUSED');

  it('lets the error whose kind ranks highest decide, in any order', () => {
    const errors = [refused, openaiError(429, { code: 'rate_limit_exceeded' })];
    expect(classify(new AggregateError(errors)).kind).toBe('rate_limited');
    expect(classify(new AggregateError(errors.toReversed())).kind).toBe('rate_limited');
  });

  it('lets the error of the last attempt decide if the library names it', () => {
    const lastError = openaiError(500, { type: 'server_error' });
    const errors = [openaiError(429, { code: 'rate_limit_exceeded' }), lastError];
    const error = Object.assign(new Error('Failed after 2 attempts.'), { name: 'AI_RetryError', errors, lastError });
    expect(classify(error)).toMatchObject({ kind: 'server_error', status: 500 });
  });

  it('does not mix in hints, advice and request IDs of other attempts', () => {
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

  it('sets unexecuted only if that is certain for every attempt', () => {
    expect(classify(new AggregateError([refused, nodeError('ECONNREFUSED')])).unexecuted).toBe(true);
    expect(classify(new AggregateError([refused, nodeError('ECONNRESET')])).unexecuted).toBeUndefined();
    const retried = { errors: [openaiError(500, {}), refused], lastError: refused };
    expect(classify(Object.assign(new Error('x'), retried))).toMatchObject({ kind: 'network', code: 'ECONNREFUSED' });
    expect(classify(Object.assign(new Error('x'), retried)).unexecuted).toBeUndefined();
  });
});
