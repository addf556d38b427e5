import { describe, expect, it, vi } from 'vitest';
import { type ClassifyRule, classify, type ErrorFacts } from '../../../src/classify/index.js';
import { anthropicError, awsError, fetchFailed, nodeError, openaiError } from './error-shapes.js';

const limited = openaiError(
  429,
  { code: 'rate_limit_exceeded', type: 'tokens', message: 'Slow down, please' },
  { 'retry-after': '5', 'openai-version': '2020' },
);

/** What an error is by one rule, which says something that nothing else would. */
const kindBy = (when: ClassifyRule['when'], error: unknown = limited) =>
  classify(error, { rules: [{ when, means: 'not_found' }] }).kind;

describe('a matcher', () => {
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
  ])('fits: $when', ({ when }) => {
    expect(kindBy(when)).toBe('not_found');
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
  ])('does not fit: $when', ({ when }) => {
    expect(kindBy(when)).toBe('rate_limited');
  });

  it('looks at every error of the chain, and into bodies', () => {
    const error = fetchFailed(nodeError('ECONNREFUSED'));
    expect(kindBy({ code: 'ECONNREFUSED', name: 'TypeError', message: 'fetch failed' }, error)).toBe('not_found');
    expect(kindBy({ type: 'overloaded_error' }, anthropicError(529, 'overloaded_error', 'x'))).toBe('not_found');
    expect(kindBy({ name: 'ThrottlingException' }, awsError('ThrottlingException', 429))).toBe('not_found');
  });

  it('with a global or sticky expression fits each time', () => {
    const when = { message: /slow/gi };
    expect([kindBy(when), kindBy(when), kindBy(when)]).toEqual(['not_found', 'not_found', 'not_found']);
  });

  it('fits the name of a class whose errors are all called Error', () => {
    class QuotaError extends Error {}
    expect(kindBy({ name: 'QuotaError' }, new QuotaError('x'))).toBe('not_found');
  });
});

describe('a function', () => {
  it('is given the facts and the error itself', () => {
    const when = vi.fn((_facts: ErrorFacts, _error: unknown) => true);
    expect(kindBy(when)).toBe('not_found');
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

  it('is given a message that is the body itself beside the texts in it', () => {
    const message = JSON.stringify({ error: { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED' } });
    const when = vi.fn((_facts: ErrorFacts) => true);
    classify(new Error(message), { rules: [{ when, means: 'not_found' }] });
    expect(when.mock.calls[0]?.[0].messages).toEqual([message, 'Slow down']);
  });

  it('that says no leaves it to the next rule', () => {
    const rules: ClassifyRule[] = [
      { when: () => false, means: 'auth' },
      { when: { status: 429 }, means: 'timeout' },
      { when: { status: 429 }, means: 'not_found' },
    ];
    expect(classify(limited, { rules }).kind).toBe('timeout');
  });
});

describe('what a rule means', () => {
  it('is as usual for the kind where it says no more, with all that is known of the error', () => {
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

  it('may be said in full', () => {
    const means = { kind: 'unknown', retry: 'backoff', breaker: 'ignored', failover: false, retryAfterMs: 7 } as const;
    const failure = classify(limited, { rules: [{ when: { status: 429 }, means }] });
    expect(failure).toMatchObject({ ...means, hintSource: 'rule' });
  });

  it('goes before what the callee says of trying again', () => {
    const error = openaiError(500, {}, { 'x-should-retry': 'false' });
    const when = { status: 500 };
    expect(classify(error, { rules: [{ when, means: 'server_error' }] }).retry).toBe('never');
    expect(classify(error, { rules: [{ when, means: { kind: 'server_error', retry: 'backoff' } }] }).retry).toBe(
      'backoff',
    );
  });

  it('makes a hint of its own exact', () => {
    const error = openaiError(429, {}, { 'x-ratelimit-reset-tokens': '6m0s' });
    const rules: ClassifyRule[] = [{ when: { status: 429 }, means: { kind: 'rate_limited', retryAfterMs: 7 } }];
    expect(classify(error, { rules }).hintIsUpperBound).toBeUndefined();
    expect(classify(error).hintIsUpperBound).toBe(true);
  });

  it('does not count where the call was cancelled', () => {
    const rules: ClassifyRule[] = [{ when: () => true, means: 'server_error' }];
    expect(classify(limited, { rules, signal: AbortSignal.abort() }).kind).toBe('cancelled');
    const interruption = { by: 'deadline', error: new Error('late') } as const;
    expect(classify(limited, { rules, interruption }).kind).toBe('timeout');
  });
});

describe('a rule that fails', () => {
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
    { what: 'answers by a promise', rule: { when: async () => true, means: 'auth' } },
    { what: 'answers with something truthy', rule: { when: () => 1, means: 'auth' } },
    { what: 'means no kind', rule: { when: yes, means: 'bad_luck' } },
    { what: 'means nothing', rule: { when: yes } },
    { what: 'means an object without a kind', rule: { when: yes, means: {} } },
    { what: 'means what is inherited by all objects', rule: { when: yes, means: 'constructor' } },
    { what: 'retries oddly', rule: { when: yes, means: { kind: 'auth', retry: 'always' } } },
    { what: 'trips oddly', rule: { when: yes, means: { kind: 'auth', breaker: true } } },
    { what: 'fails over oddly', rule: { when: yes, means: { kind: 'auth', failover: 'yes' } } },
    { what: 'waits for ever', rule: { when: yes, means: { kind: 'auth', retryAfterMs: Infinity } } },
    { what: 'waits for a text', rule: { when: yes, means: { kind: 'auth', retryAfterMs: '5' } } },
    { what: 'waits backwards', rule: { when: yes, means: { kind: 'auth', retryAfterMs: -1 } } },
    { what: 'has nothing to match', rule: { means: 'auth' } },
    { what: 'is none', rule: null },
  ])('is told and passed over when it $what', ({ rule }) => {
    const onRuleFailed = vi.fn();
    const rules = rulesOf([rule, { when: { status: 429 }, means: 'timeout' }]);
    expect(classify(limited, { rules, onRuleFailed }).kind).toBe('timeout');
    expect(onRuleFailed.mock.calls).toEqual([[rule, expect.any(Error)]]);
  });

  it('is passed over silently when nobody asks, or whoever asks fails', () => {
    const rules: ClassifyRule[] = [
      {
        when: () => {
          throw new Error('no');
        },
        means: 'auth',
      },
    ];
    const onRuleFailed = () => {
      throw new Error('neither');
    };
    expect(classify(limited, { rules }).kind).toBe('rate_limited');
    expect(classify(limited, { rules, onRuleFailed }).kind).toBe('rate_limited');
  });
});
