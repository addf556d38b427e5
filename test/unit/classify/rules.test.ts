import { describe, expect, it, vi } from 'vitest';
import { type ClassifyRule, classify, type ErrorFacts } from '../../../src/classify/index.js';
import { anthropicError, awsError, fetchFailed, nodeError, openaiError } from './error-shapes.js';

const limited = openaiError(
  429,
  { code: 'rate_limit_exceeded', type: 'tokens', message: 'Slow down, please' },
  { 'retry-after': '5', 'openai-version': '2020' },
);

/** Classifies an error with one rule, whose kind no built-in evidence gives. */
const classifyBy = (when: ClassifyRule['when'], error: unknown = limited) =>
  classify(error, { rules: [{ when, means: 'not_found' }] }).kind;

describe('a matcher of a rule', () => {
  it.each<{ when: ClassifyRule['when'] }>([
    { when: { status: 429 } },
    { when: { status: [500, 429] } },
    { when: { code: 'rate_limit_exceeded' } },
    { when: { code: ['other', 'rate_limit_exceeded'] } },
    { when: { type: 'tokens' } },
    { when: { name: 'Error' } },
    { when: { message: 'slow DOWN' } },
    { when: { message: /slow down/i } },
    { when: { provider: 'openai' } },
    { when: { status: 429, code: 'rate_limit_exceeded', type: 'tokens', message: /^429/, provider: ['openai'] } },
  ])('matches the error by $when', ({ when }) => {
    expect(classifyBy(when)).toBe('not_found');
  });

  it.each<{ when: ClassifyRule['when'] }>([
    { when: { status: 500 } },
    { when: { status: [] } },
    { when: { code: 'rate_limit' } },
    { when: { type: ['token'] } },
    { when: { name: 'RateLimitError' } },
    { when: { message: 'speed up' } },
    { when: { message: /^please/ } },
    { when: { provider: 'anthropic' } },
    { when: { status: 429, code: 'other' } },
  ])('does not match the error by $when', ({ when }) => {
    expect(classifyBy(when)).toBe('rate_limited');
  });

  it('is compared with every error of the chain and with bodies', () => {
    const error = fetchFailed(nodeError('ECONNREFUSED'));
    expect(classifyBy({ code: 'ECONNREFUSED', name: 'TypeError', message: 'fetch failed' }, error)).toBe('not_found');
    expect(classifyBy({ type: 'overloaded_error' }, anthropicError(529, 'overloaded_error', 'x'))).toBe('not_found');
    expect(classifyBy({ name: 'ThrottlingException' }, awsError('ThrottlingException', 429))).toBe('not_found');
  });

  it('matches every time with a global expression', () => {
    const when = { message: /slow/gi };
    expect([classifyBy(when), classifyBy(when), classifyBy(when)]).toEqual(['not_found', 'not_found', 'not_found']);
  });

  it('matches the class name of an error that is named Error', () => {
    class QuotaError extends Error {}
    expect(classifyBy({ name: 'QuotaError' }, new QuotaError('x'))).toBe('not_found');
  });
});

describe('a function as matcher of a rule', () => {
  it('is called with the facts and the error itself', () => {
    const when = vi.fn((_facts: ErrorFacts, _error: unknown) => true);
    expect(classifyBy(when)).toBe('not_found');
    const [facts, error] = when.mock.calls[0] ?? [];
    expect(error).toBe(limited);
    expect(facts).toMatchObject({
      status: 429,
      codes: ['rate_limit_exceeded', 'rate_limit_exceeded'],
      types: ['tokens', 'tokens'],
      names: ['Error'],
      messages: ['429 Slow down, please', 'Slow down, please'],
      provider: 'openai',
      requestId: undefined,
      body: { code: 'rate_limit_exceeded', type: 'tokens', message: 'Slow down, please' },
    });
    expect(facts?.header('Retry-After')).toBe('5');
    expect(facts?.header('x-none')).toBeUndefined();
  });

  it('receives a message that is the body itself beside the texts in it', () => {
    const message = JSON.stringify({ error: { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED' } });
    const when = vi.fn((_facts: ErrorFacts) => true);
    classify(new Error(message), { rules: [{ when, means: 'not_found' }] });
    expect(when.mock.calls[0]?.[0].messages).toEqual([message, 'Slow down']);
  });

  it('passes the error on to the next rule if it returns false', () => {
    const rules: ClassifyRule[] = [
      { when: () => false, means: 'auth' },
      { when: { status: 429 }, means: 'timeout' },
      { when: { status: 429 }, means: 'not_found' },
    ];
    expect(classify(limited, { rules }).kind).toBe('timeout');
  });
});

describe('the result of a rule', () => {
  it('keeps the defaults of its kind and the details of the error if it has only a kind', () => {
    expect(classify(limited, { rules: [{ when: { status: 429 }, means: 'overloaded' }] })).toEqual({
      kind: 'overloaded',
      retry: 'backoff',
      breaker: 'failure',
      failover: true,
      status: 429,
      code: 'rate_limit_exceeded',
      provider: 'openai',
      retryAfterMs: 5_000,
      hintSource: 'retry-after',
      unexecuted: true,
    });
  });

  it('may set every field of the failure', () => {
    const means = { kind: 'unknown', retry: 'backoff', breaker: 'ignored', failover: false, retryAfterMs: 7 } as const;
    const failure = classify(limited, { rules: [{ when: { status: 429 }, means }] });
    expect(failure).toMatchObject({ ...means, hintSource: 'rule' });
  });

  it('takes precedence with its retry over the header x-should-retry', () => {
    const error = openaiError(500, {}, { 'x-should-retry': 'false' });
    const when = { status: 500 };
    expect(classify(error, { rules: [{ when, means: 'server_error' }] }).retry).toBe('never');
    expect(classify(error, { rules: [{ when, means: { kind: 'server_error', retry: 'backoff' } }] }).retry).toBe(
      'backoff',
    );
  });

  it('has a hint that is exact, not an upper bound', () => {
    const error = openaiError(429, {}, { 'x-ratelimit-reset-tokens': '6m0s' });
    const rules: ClassifyRule[] = [{ when: { status: 429 }, means: { kind: 'rate_limited', retryAfterMs: 7 } }];
    expect(classify(error, { rules }).hintIsUpperBound).toBeUndefined();
    expect(classify(error).hintIsUpperBound).toBe(true);
  });

  it('is not used for a call that was interrupted', () => {
    const rules: ClassifyRule[] = [{ when: () => true, means: 'server_error' }];
    expect(classify(limited, { rules, signal: AbortSignal.abort() }).kind).toBe('cancelled');
    const interruption = { by: 'deadline', error: new Error('late') } as const;
    expect(classify(limited, { rules, interruption }).kind).toBe('timeout');
  });
});

describe('classify with a rule that fails', () => {
  /** Rules as plain JavaScript may give them. */
  const rulesOf = (given: unknown): readonly ClassifyRule[] => (Array.isArray(given) ? given : []);
  const yes = () => true;

  it.each([
    {
      what: 'throws',
      rule: {
        when: () => {
          throw new Error('no');
        },
        means: 'auth',
      },
    },
    { what: 'returns a promise', rule: { when: async () => true, means: 'auth' } },
    { what: 'returns something truthy', rule: { when: () => 1, means: 'auth' } },
    { what: 'means an unknown kind', rule: { when: yes, means: 'bad_luck' } },
    { what: 'means nothing', rule: { when: yes } },
    { what: 'means an object without a kind', rule: { when: yes, means: {} } },
    { what: 'means a property of every object', rule: { when: yes, means: 'constructor' } },
    { what: 'has an invalid retry', rule: { when: yes, means: { kind: 'auth', retry: 'always' } } },
    { what: 'has an invalid breaker', rule: { when: yes, means: { kind: 'auth', breaker: true } } },
    { what: 'has an invalid failover', rule: { when: yes, means: { kind: 'auth', failover: 'yes' } } },
    { what: 'has an infinite wait', rule: { when: yes, means: { kind: 'auth', retryAfterMs: Infinity } } },
    { what: 'has a text as wait', rule: { when: yes, means: { kind: 'auth', retryAfterMs: '5' } } },
    { what: 'has a negative wait', rule: { when: yes, means: { kind: 'auth', retryAfterMs: -1 } } },
    { what: 'has nothing to match', rule: { means: 'auth' } },
    { what: 'is null', rule: null },
  ])('reports and skips a rule that $what', ({ rule }) => {
    const onRuleFailed = vi.fn();
    const rules = rulesOf([rule, { when: { status: 429 }, means: 'timeout' }]);
    expect(classify(limited, { rules, onRuleFailed }).kind).toBe('timeout');
    expect(onRuleFailed.mock.calls).toEqual([[rule, expect.any(Error)]]);
  });

  it('skips the rule without onRuleFailed, and if onRuleFailed throws', () => {
    const rules: ClassifyRule[] = [
      {
        when: () => {
          throw new Error('no');
        },
        means: 'auth',
      },
    ];
    const onRuleFailed = () => {
      throw new Error('no');
    };
    expect(classify(limited, { rules }).kind).toBe('rate_limited');
    expect(classify(limited, { rules, onRuleFailed }).kind).toBe('rate_limited');
  });
});
