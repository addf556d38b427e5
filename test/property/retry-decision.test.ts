import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { Check } from '../../src/input/index.js';
import type { Failure, FailureKind } from '../../src/pipeline/index.js';
import { decide, type FailedAttempt, type RetryDecision } from '../../src/retry/decide.js';
import { type ResolvedRetrySettings, resolveRetrySettings } from '../../src/retry/resolve-settings.js';
import { type KindSettings, RETRY_SETTINGS, type RetrySettings } from '../../src/retry/settings.js';
import { randomFrom, runs } from '../support/seed.js';

const LONGEST_MS = 2 ** 31 - 1;

const RETRYABLE = [
  'timeout',
  'quota_exhausted',
  'context_length',
  'content_policy',
  'overloaded',
  'rate_limited',
  'auth',
  'not_found',
  'invalid_request',
  'network',
  'server_error',
  'unknown',
] as const;
const BY_ITSELF: readonly FailureKind[] = ['timeout', 'overloaded', 'rate_limited', 'network', 'server_error'];

const delayMs = fc.oneof(
  fc.constantFrom(0, 1, 2000, 10_000),
  fc.double({ min: 0, max: 60_000, noNaN: true }),
  fc.double({ min: 0, max: LONGEST_MS, noNaN: true }),
);

const ofAKind = {
  maxAttempts: fc.integer({ min: 1, max: 12 }),
  strategy: fc.constantFrom('fixed', 'linear', 'exponential', 'fibonacci'),
  minDelayMs: delayMs,
  maxDelayMs: delayMs,
  multiplier: fc.double({ min: Number.MIN_VALUE, max: 1000, noNaN: true }),
  jitter: fc.constantFrom('none', 'full', 'equal', 'decorrelated', 'additive'),
  jitterMaxMs: delayMs,
} satisfies { [K in keyof KindSettings]: fc.Arbitrary<KindSettings[K]> };

const kindSettings = fc.oneof(fc.boolean(), fc.record(ofAKind, { requiredKeys: [] }));

/** Settings that the checks let pass. */
const settings: fc.Arbitrary<RetrySettings> = fc
  .record(
    {
      ...ofAKind,
      maxElapsedMs: fc.oneof(fc.constant(false as const), fc.double({ min: 1, max: 300_000, noNaN: true })),
      kinds: fc.dictionary(fc.constantFrom(...RETRYABLE), kindSettings, { maxKeys: 4 }),
    },
    { requiredKeys: [] },
  )
  .filter((given) => {
    try {
      const check = new Check();
      check.settings('retry', given, RETRY_SETTINGS);
      check.conflicts('retry', given, RETRY_SETTINGS);
      check.throwIfInvalid();
      return true;
    } catch {
      return false;
    }
  });

const hintMs = fc.oneof(
  fc.double({ min: 0, max: 2_000, noNaN: true }),
  fc.double({ min: 0, max: 120_000, noNaN: true }),
  fc.constantFrom(0, -1, Number.NaN, Infinity, LONGEST_MS, LONGEST_MS + 1, 31_536_000_000),
);

const failure: fc.Arbitrary<Failure> = fc.record(
  {
    kind: fc.constantFrom<FailureKind[]>('cancelled', ...RETRYABLE, ...BY_ITSELF, ...BY_ITSELF),
    retry: fc.constantFrom('backoff', 'backoff', 'after_hint', 'never'),
    breaker: fc.constantFrom('failure', 'ignored'),
    failover: fc.boolean(),
    retryAfterMs: hintMs,
    hintIsUpperBound: fc.constant(true as const),
    unexecuted: fc.constant(true as const),
  },
  { requiredKeys: ['kind', 'retry', 'breaker', 'failover'] },
);

const failedAttempt: fc.Arbitrary<FailedAttempt> = fc.record({
  attempt: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
  failure,
  elapsedMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
  remainingMs: fc.oneof(fc.constant(Infinity), fc.constant(0), fc.double({ min: 0, max: 120_000, noNaN: true })),
  typicalMs: fc.option(fc.double({ min: 0, max: 60_000, noNaN: true }), { nil: undefined }),
  idempotent: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  replayable: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  previousDelayMs: fc.option(delayMs, { nil: undefined }),
});

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const rulesOf = (kind: FailureKind, rules: ResolvedRetrySettings) => {
  const own = rules.kinds[kind];
  assert(own !== false, `${kind} is not to be retried`);
  return own;
};

/** The wait that the callee asked for and that must not be undercut. */
const exactHint = ({ retryAfterMs = 0, hintIsUpperBound }: Failure): number | undefined =>
  retryAfterMs > 0 && retryAfterMs < Infinity && hintIsUpperBound !== true ? retryAfterMs : undefined;

function assertSound(rules: ResolvedRetrySettings, failed: FailedAttempt, delay: number): void {
  const { failure, attempt, elapsedMs, remainingMs, typicalMs = 0 } = failed;
  const own = rulesOf(failure.kind, rules);
  assert(failure.retry !== 'never' || own.always, 'the failure says never');
  assert(failed.replayable, 'it cannot be sent again');
  assert(failed.idempotent || failure.unexecuted === true, 'it may run twice');
  assert(attempt < own.maxAttempts, 'no attempts are left');
  assert(delay >= 0 && delay <= LONGEST_MS, `${delay} ms`);
  assert(delay <= remainingMs && delay <= remainingMs - typicalMs, 'it ends after the deadline');
  assert(rules.maxElapsedMs === false || delay <= rules.maxElapsedMs - elapsedMs, 'it begins too late');
  const askedMs = exactHint(failure);
  if (askedMs !== undefined) {
    assert(delay >= askedMs, 'the hint is undercut');
    assert(delay <= Math.ceil(askedMs) + Math.min(own.jitterMaxMs, Math.max(100, askedMs)), 'the spread is too wide');
    return;
  }
  assert(delay <= own.maxDelayMs, 'it is longer than the longest');
  const freeMs = failure.retryAfterMs ?? 0;
  if (failure.hintIsUpperBound === true && freeMs > 0) assert(delay <= Math.ceil(freeMs), 'all is free before');
}

/** Whether what is told about a refusal is the case. */
const JUSTIFIED: Readonly<
  Record<
    Extract<RetryDecision, { retry: false }>['stopRule'],
    (rules: ResolvedRetrySettings, failed: FailedAttempt) => boolean
  >
> = {
  never_retried: ({ kinds }, { failure }) => kinds[failure.kind] === false || failure.retry === 'never',
  not_replayable: (_, { replayable }) => !replayable,
  not_idempotent: (_, { idempotent, failure }) => !idempotent && failure.unexecuted !== true,
  max_attempts: (rules, { attempt, failure }) => attempt >= rulesOf(failure.kind, rules).maxAttempts,
  max_elapsed: (rules, { elapsedMs, failure }) => {
    const longestMs = exactHint(failure) ?? rulesOf(failure.kind, rules).maxDelayMs;
    return rules.maxElapsedMs !== false && elapsedMs + Math.ceil(longestMs) > rules.maxElapsedMs;
  },
  hint_beyond_deadline: (_, { remainingMs, failure }) =>
    Math.ceil(exactHint(failure) ?? -1) >= Math.min(remainingMs, LONGEST_MS + 1),
  wait_beyond_deadline: (rules, { remainingMs, failure }) =>
    exactHint(failure) === undefined && rulesOf(failure.kind, rules).maxDelayMs >= remainingMs,
  attempt_beyond_deadline: (rules, { remainingMs, typicalMs = 0, failure }) =>
    (exactHint(failure) ?? rulesOf(failure.kind, rules).maxDelayMs) + 1 > remainingMs - typicalMs,
};

test('every decision is sound: a wait that breaks no rule, or a refusal with a reason that holds', () => {
  fc.assert(
    fc.property(settings, failedAttempt, chance, (given, failed, drawn) => {
      const rules = resolveRetrySettings(given);
      const decision = decide(rules, failed, () => drawn);
      if (decision.retry) assertSound(rules, failed, decision.delayMs);
      else assert(JUSTIFIED[decision.stopRule](rules, failed), `${decision.stopRule} is not the case`);
    }),
    runs(20_000),
  );
});

test('the same question leads to the same retry decision', () => {
  fc.assert(
    fc.property(settings, failedAttempt, chance, (given, failed, drawn) => {
      const ask = () => decide(resolveRetrySettings(given), structuredClone(failed), () => drawn);
      assert.deepEqual(ask(), ask());
    }),
    runs(2_000),
  );
});

test('randomness does not decide whether a hint is followed', () => {
  fc.assert(
    fc.property(settings, failedAttempt, chance, chance, (given, failed, one, other) => {
      fc.pre(exactHint(failed.failure) !== undefined);
      const rules = resolveRetrySettings(given);
      assert.equal(decide(rules, failed, () => one).retry, decide(rules, failed, () => other).retry);
    }),
    runs(5_000),
  );
});

test('a kind is retried by default exactly when no setting names it and it is one of the five', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RETRYABLE), failedAttempt, (kind, failed) => {
      const usual: Failure = {
        kind,
        retry: BY_ITSELF.includes(kind) ? 'backoff' : 'never',
        breaker: 'failure',
        failover: true,
      };
      const anytime = { attempt: 1, idempotent: true, replayable: true, elapsedMs: 0, remainingMs: Infinity };
      const first = { ...failed, ...anytime, failure: usual };
      assert.equal(decide(resolveRetrySettings({}), first, () => 0).retry, BY_ITSELF.includes(kind));
      assert.equal(decide(resolveRetrySettings({ kinds: { [kind]: true } }), first, () => 0).retry, true);
      assert.equal(decide(resolveRetrySettings({ kinds: { [kind]: false } }), first, () => 0).retry, false);
    }),
    runs(1_000),
  );
});

test('in a whole call no wait ends after the deadline or maxElapsedMs, and no attempt is one too many', () => {
  const attempts = fc.array(fc.tuple(failure, fc.double({ min: 0, max: 20_000, noNaN: true })), {
    minLength: 15,
    maxLength: 15,
  });
  const deadline = fc.oneof(fc.constant(Infinity), fc.double({ min: 1, max: 300_000, noNaN: true }));
  fc.assert(
    fc.property(settings, attempts, deadline, fc.integer(), (given, fails, deadlineMs, seed) => {
      const rules = resolveRetrySettings(given);
      const random = randomFrom(seed);
      let elapsedMs = 0;
      let previousDelayMs: number | undefined;
      let made = 0;
      for (const [failure, durationMs] of fails) {
        made += 1;
        elapsedMs += durationMs;
        const remainingMs = Math.max(0, deadlineMs - elapsedMs);
        const willing = { typicalMs: undefined, idempotent: true, replayable: true };
        const failed = { ...willing, attempt: made, failure, elapsedMs, remainingMs, previousDelayMs };
        const decision = decide(rules, failed, random);
        if (!decision.retry) break;
        previousDelayMs = decision.delayMs;
        elapsedMs += decision.delayMs;
        assert(elapsedMs <= deadlineMs * (1 + 1e-12));
        assert(rules.maxElapsedMs === false || elapsedMs <= rules.maxElapsedMs * (1 + 1e-12));
      }
      const most = Object.values(rules.kinds).map((own) => (own === false ? 1 : own.maxAttempts));
      assert(made <= Math.max(...most));
    }),
    runs(5_000),
  );
});
