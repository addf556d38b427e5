import { describe, expect, it } from 'vitest';
import type { Failure, FailureKind } from '../../../src/pipeline/index.js';
import { decide, type FailedAttempt, type RetryDecision } from '../../../src/retry/decide.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import type { RetrySettings } from '../../../src/retry/settings.js';

const LONGEST_MS = 2 ** 31 - 1;
const half = () => 0.5;
const least = () => 0;
const most = () => 1 - Number.EPSILON / 2;

/** Waits of 1, 2, 4, 8, 8 s; neither attempts nor time nor chance come into it. */
const PLAIN: RetrySettings = {
  maxAttempts: 100,
  minDelayMs: 1000,
  maxDelayMs: 8000,
  jitter: 'none',
  maxElapsedMs: false,
};

const failureOf = (given: Partial<Failure> = {}): Failure => ({
  kind: 'server_error',
  retry: 'backoff',
  breaker: 'failure',
  failover: true,
  ...given,
});

const hinted = (retryAfterMs: number, given: Partial<Failure> = {}) =>
  failureOf({ kind: 'rate_limited', retry: 'after_hint', retryAfterMs, ...given });

interface Case extends Partial<FailedAttempt> {
  readonly settings?: RetrySettings;
  readonly random?: () => number;
}

const decided = ({ settings = {}, random = half, ...given }: Case = {}): RetryDecision =>
  decide(
    resolveRetrySettings({ ...PLAIN, ...settings }),
    {
      attempt: 1,
      failure: failureOf(),
      elapsedMs: 0,
      remainingMs: Infinity,
      typicalMs: undefined,
      idempotent: true,
      replayable: true,
      previousDelayMs: undefined,
      ...given,
    },
    random,
  );

const wait = (delayMs: number, waitFor: 'hint' | 'backoff' = 'backoff') => ({ retry: true, delayMs, waitFor });
const NEVER = { retry: false, stopReason: 'not_retryable', stopRule: 'never_retried' };
const NOT_REPLAYABLE = { retry: false, stopReason: 'not_retryable', stopRule: 'not_replayable' };
const NOT_IDEMPOTENT = { retry: false, stopReason: 'not_retryable', stopRule: 'not_idempotent' };
const MAX_ATTEMPTS = { retry: false, stopReason: 'attempts_exhausted', stopRule: 'max_attempts' };
const MAX_ELAPSED = { retry: false, stopReason: 'attempts_exhausted', stopRule: 'max_elapsed' };
const HINT_TOO_LONG = { retry: false, stopReason: 'deadline', stopRule: 'hint_beyond_deadline' };
const WAIT_TOO_LONG = { retry: false, stopReason: 'deadline', stopRule: 'wait_beyond_deadline' };
const ATTEMPT_TOO_LONG = { retry: false, stopReason: 'deadline', stopRule: 'attempt_beyond_deadline' };

describe('a retry decision by the kind of the failure', () => {
  it('never retries a failure that must not be retried', () => {
    expect(decided({ failure: failureOf({ retry: 'never' }) })).toEqual(NEVER);
  });

  it.each(['backoff', 'after_hint'] as const)(
    'retries a failure that may be retried (%s), with or without a hint',
    (retry) => {
      expect(decided({ failure: failureOf({ retry }) })).toEqual(wait(1000));
      expect(decided({ failure: failureOf({ retry, retryAfterMs: 3000 }) })).toEqual(wait(3000, 'hint'));
    },
  );

  it('does not retry a kind whose settings forbid it', () => {
    expect(decided({ settings: { kinds: { server_error: false } } })).toEqual(NEVER);
    expect(decided({ settings: { kinds: { timeout: false } } })).toEqual(wait(1000));
  });

  it.each([true, {}, { maxAttempts: 2 }])('retries a kind whose settings allow it: %j', (unknown) => {
    const failure = failureOf({ kind: 'unknown', retry: 'never' });
    expect(decided({ failure })).toEqual(NEVER);
    expect(decided({ failure, settings: { kinds: { unknown } } })).toEqual(wait(1000));
  });

  it('does not allow a retry against the explicit advice of the provider, whatever the settings', () => {
    const forbidden = failureOf({ kind: 'server_error', retry: 'never' });
    expect(decided({ failure: forbidden, settings: { kinds: { server_error: true } } })).toEqual(NEVER);
  });

  it('allows a retry of any kind if a rule says that the failure is to be retried', () => {
    expect(decided({ failure: failureOf({ kind: 'auth', retry: 'backoff' }) })).toEqual(wait(1000));
  });

  it('never allows a retry of a cancelled call', () => {
    expect(decided({ failure: failureOf({ kind: 'cancelled', retry: 'backoff' }) })).toEqual(NEVER);
  });
});

describe('a call that must not run twice, in a retry decision,', () => {
  it('is not retried when the provider may have done something', () => {
    expect(decided({ idempotent: false })).toEqual(NOT_IDEMPOTENT);
  });

  it('is retried when it is certain that the provider did nothing', () => {
    expect(decided({ idempotent: false, failure: failureOf({ unexecuted: true }) })).toEqual(wait(1000));
  });

  it('is not retried after a failure that must not be retried, although the provider did nothing', () => {
    expect(decided({ idempotent: false, failure: failureOf({ retry: 'never', unexecuted: true }) })).toEqual(NEVER);
  });
});

describe('a request that cannot be sent again, in a retry decision,', () => {
  it.each([{}, { failure: failureOf({ unexecuted: true }) }, { idempotent: false }])('is not retried: %j', (given) => {
    expect(decided({ ...given, replayable: false })).toEqual(NOT_REPLAYABLE);
  });
});

describe('a limit on the number of attempts', () => {
  it.each([
    { attempt: 1, decision: wait(1000) },
    { attempt: 2, decision: wait(2000) },
    { attempt: 3, decision: MAX_ATTEMPTS },
    { attempt: 4, decision: MAX_ATTEMPTS },
  ])('of three decides after attempt $attempt whether there is a retry: $decision.retry', ({ attempt, decision }) => {
    expect(decided({ attempt, settings: { maxAttempts: 3 } })).toEqual(decision);
  });

  it('of one leaves no retry', () => {
    expect(decided({ settings: { maxAttempts: 1 } })).toEqual(MAX_ATTEMPTS);
  });

  it('can differ by kind, and counts all attempts of the call', () => {
    const settings = { maxAttempts: 3, kinds: { rate_limited: { maxAttempts: 5 }, network: { maxAttempts: 2 } } };
    const retriedAfter = (attempt: number, kind: FailureKind) =>
      decided({ attempt, settings, failure: failureOf({ kind }) }).retry;
    expect([1, 2, 3, 4, 5].map((attempt) => retriedAfter(attempt, 'rate_limited'))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect([1, 2, 3].map((attempt) => retriedAfter(attempt, 'network'))).toEqual([true, false, false]);
    expect([1, 2, 3].map((attempt) => retriedAfter(attempt, 'timeout'))).toEqual([true, true, false]);
  });
});

describe('the backoff of a retry decision', () => {
  it('is that of the strategy', () => {
    expect([1, 2, 3, 4, 5].map((attempt) => decided({ attempt }))).toEqual(
      [1000, 2000, 4000, 8000, 8000].map((ms) => wait(ms)),
    );
  });

  it('is that of the kind when the kind has its own', () => {
    const settings = { kinds: { network: { strategy: 'fixed' as const, minDelayMs: 50 } } };
    expect(decided({ attempt: 4, settings, failure: failureOf({ kind: 'network' }) })).toEqual(wait(50));
  });

  it('is twice as long when the provider is overloaded', () => {
    const failure = failureOf({ kind: 'overloaded' });
    expect([1, 2, 3].map((attempt) => decided({ attempt, failure }))).toEqual([2000, 4000, 8000].map((ms) => wait(ms)));
  });

  it('is jittered at random', () => {
    const settings = { jitter: 'equal' as const };
    expect(decided({ attempt: 2, settings, random: least })).toEqual(wait(1000));
    expect(decided({ attempt: 2, settings, random: half })).toEqual(wait(1500));
  });

  it('depends on the last wait when the jitter is decorrelated', () => {
    const settings = { jitter: 'decorrelated' as const };
    expect(decided({ settings })).toEqual(wait(2000));
    expect(decided({ attempt: 2, settings, previousDelayMs: 2000 })).toEqual(wait(3500));
  });
});

describe('a wait that the provider asked for, in a retry decision,', () => {
  it.each([1, 20, 999, 1000, 90_000, 86_400_000])(
    'of %d ms replaces the backoff, shorter or longer',
    (retryAfterMs) => {
      expect(decided({ failure: hinted(retryAfterMs) })).toEqual(wait(retryAfterMs, 'hint'));
    },
  );

  it('is not limited by the longest backoff', () => {
    expect(decided({ failure: hinted(60_000), settings: { maxDelayMs: 1000 } })).toEqual(wait(60_000, 'hint'));
  });

  it.each([
    { askedMs: 10_000, longest: 11_000 },
    { askedMs: 90_000, longest: 92_000 },
    { askedMs: 20, longest: 120 },
  ])('of $askedMs ms is spread up to $longest ms, and never undercut', ({ askedMs, longest }) => {
    const spread = [least, half, most].map((random) =>
      decided({ failure: hinted(askedMs), settings: { jitter: 'full' }, random }),
    );
    expect(spread[0]).toEqual(wait(askedMs, 'hint'));
    expect(spread[1]).toEqual(wait((askedMs + longest) / 2, 'hint'));
    expect(spread[2]).toEqual({ retry: true, delayMs: expect.closeTo(longest, 6), waitFor: 'hint' });
  });

  it('is spread by jitterMaxMs at the most', () => {
    const settings = { jitter: 'equal' as const, jitterMaxMs: 10 };
    expect(decided({ failure: hinted(10_000), settings })).toEqual(wait(10_005, 'hint'));
  });

  it('is rounded up, since timers drop fractions', () => {
    expect(decided({ failure: hinted(34_070.2) })).toEqual(wait(34_071, 'hint'));
  });

  it.each([0, -0, -1, Number.NaN, Infinity, -Infinity])('is ignored when it is %d', (retryAfterMs) => {
    expect(decided({ failure: hinted(retryAfterMs) })).toEqual(wait(1000));
    expect(decided({ failure: hinted(retryAfterMs, { hintIsUpperBound: true }) })).toEqual(wait(1000));
  });
});

describe('a hint that is an upper bound, in a retry decision,', () => {
  const free = (retryAfterMs: number) => hinted(retryAfterMs, { hintIsUpperBound: true });

  it('shortens the backoff', () => {
    expect(decided({ attempt: 4, failure: free(1500) })).toEqual(wait(1500));
    expect(decided({ attempt: 4, failure: free(3.2) })).toEqual(wait(4));
  });

  it('never lengthens the backoff', () => {
    expect(decided({ failure: free(90_000) })).toEqual(wait(1000));
    expect(decided({ failure: free(1001) })).toEqual(wait(1000));
  });

  it('beyond the deadline does not prevent a retry', () => {
    expect(decided({ failure: free(90_000), remainingMs: 5000 })).toEqual(wait(1000));
  });

  it.each([
    { jitter: 'full' as const, waits: [0, 600, 1200] },
    { jitter: 'equal' as const, waits: [600, 900, 1200] },
    { jitter: 'additive' as const, waits: [0, 600, 1200] },
    { jitter: 'decorrelated' as const, waits: [1000, 1100, 1200] },
  ])('leaves waits jittered when the jitter is $jitter: $waits', ({ jitter, waits }) => {
    const drawn = [least, half, most].map((random) =>
      decided({ attempt: 4, previousDelayMs: 4000, failure: free(1200), settings: { jitter }, random }),
    );
    expect(drawn).toEqual(waits.map((ms) => ({ retry: true, delayMs: expect.closeTo(ms, 6), waitFor: 'backoff' })));
  });
});

describe('a deadline in a retry decision', () => {
  it.each([
    { remainingMs: 1001, decision: wait(1000) },
    { remainingMs: 1000.5, decision: wait(1000) },
    { remainingMs: 1000, decision: WAIT_TOO_LONG },
    { remainingMs: 0, decision: WAIT_TOO_LONG },
  ])(
    'in $remainingMs ms decides whether a wait of 1000 ms allows a retry: $decision.retry',
    ({ remainingMs, decision }) => {
      expect(decided({ remainingMs })).toEqual(decision);
    },
  );

  it.each([
    { remainingMs: 90_001, decision: wait(90_000, 'hint') },
    { remainingMs: 90_000, decision: HINT_TOO_LONG },
    { remainingMs: 30_000, decision: HINT_TOO_LONG },
  ])(
    'in $remainingMs ms decides whether a hint of 90 s allows a retry: $decision.retry',
    ({ remainingMs, decision }) => {
      expect(decided({ failure: hinted(90_000), remainingMs })).toEqual(decision);
    },
  );

  it('leaves the jitter of a hint less room, so that randomness does not decide whether there is a retry', () => {
    const settings = { jitter: 'equal' as const };
    const at = (random: () => number, remainingMs: number) =>
      decided({ failure: hinted(10_000), settings, remainingMs, random });
    expect(at(half, 10_200)).toEqual(wait(10_100, 'hint'));
    expect(at(least, 10_000)).toEqual(HINT_TOO_LONG);
    expect(at(most, 10_001).retry).toBe(true);
  });

  it('prevents a retry that would have less time than an attempt usually takes', () => {
    const at = (remainingMs: number) => decided({ remainingMs, typicalMs: 4000 });
    expect(at(5000)).toEqual(wait(1000));
    expect(at(4999)).toEqual(ATTEMPT_TOO_LONG);
    expect(at(1001)).toEqual(ATTEMPT_TOO_LONG);
    expect(at(1000)).toEqual(WAIT_TOO_LONG);
  });

  it('prevents a retry after a hint that would leave less time than an attempt usually takes', () => {
    const at = (remainingMs: number) =>
      decided({ remainingMs, typicalMs: 4000, failure: hinted(6000), settings: { jitter: 'full' }, random: most });
    expect(at(10_000)).toEqual(wait(6000, 'hint'));
    expect(at(9999)).toEqual(ATTEMPT_TOO_LONG);
  });

  it('does not affect the decision when it is far away', () => {
    expect(decided({ typicalMs: 1e9 })).toEqual(wait(1000));
  });
});

describe('maxElapsedMs in a retry decision', () => {
  const settings = { maxElapsedMs: 30_000 };

  it.each([
    { elapsedMs: 29_000, decision: wait(1000) },
    { elapsedMs: 29_000.5, decision: MAX_ELAPSED },
    { elapsedMs: 95_000, decision: MAX_ELAPSED },
  ])(
    'of 30 s decides about a wait of 1 s when $elapsedMs ms have passed: $decision.retry',
    ({ elapsedMs, decision }) => {
      expect(decided({ settings, elapsedMs })).toEqual(decision);
    },
  );

  it('bounds hints and their jitter as well', () => {
    const jittered = { ...settings, jitter: 'full' as const };
    const at = (elapsedMs: number) => decided({ settings: jittered, elapsedMs, failure: hinted(10_000), random: half });
    expect(at(19_900)).toEqual(wait(10_050, 'hint'));
    expect(at(20_000)).toEqual(wait(10_000, 'hint'));
    expect(at(20_001)).toEqual(MAX_ELAPSED);
  });

  it('is not the named rule when the deadline comes first', () => {
    expect(decided({ settings, elapsedMs: 29_500, remainingMs: 500 })).toEqual(WAIT_TOO_LONG);
  });

  it('leaves the decision to the deadline when it is disabled', () => {
    expect(decided({ elapsedMs: 1e9 })).toEqual(wait(1000));
  });
});

describe('a wait that no timer can hold, in a retry decision,', () => {
  it('is not begun, since it would end at once', () => {
    expect(decided({ failure: hinted(LONGEST_MS + 1) })).toEqual(HINT_TOO_LONG);
    expect(decided({ failure: hinted(31_536_000_000), remainingMs: 1e12 })).toEqual(HINT_TOO_LONG);
  });

  it('does not result from jitter', () => {
    const settings = { jitter: 'full' as const };
    expect(decided({ failure: hinted(LONGEST_MS), settings, random: most })).toEqual(wait(LONGEST_MS, 'hint'));
    expect(decided({ failure: hinted(LONGEST_MS - 10), settings, random: half })).toEqual(wait(LONGEST_MS - 5, 'hint'));
  });
});
