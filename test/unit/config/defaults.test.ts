import { describe, expect, it } from 'vitest';
import { flatten } from '../../../src/config/flatten.js';
import { DEFAULTS, resolveSettings, type Settings } from '../../../src/config/settings.js';
import { Check } from '../../../src/input/index.js';

function completed(settings: Settings) {
  const check = new Check();
  const effective = resolveSettings(check, 'config', settings);
  check.throwIfInvalid();
  const { retry, breaker } = effective;
  if (retry === false || retry.budget === false || breaker === false) throw new Error('all are on');
  return { ...effective, retry: { ...retry, budget: retry.budget }, breaker };
}

const bare = completed({});

describe('the defaults of the library', () => {
  it('are what the stages do without settings', () => {
    const { kinds, budget } = bare.retry;
    if (kinds.server_error === false) throw new Error('it is retried');
    const { always, ...base } = kinds.server_error;
    expect(always).toBe(false);
    const { ratio, floorPerSecond } = budget;
    const { trials, openMs, successesToClose, mode, trip } = bare.breaker;
    expect({
      deadlineMs: bare.deadlineMs,
      attemptTimeoutMs: bare.attemptTimeoutMs,
      retry: { ...base, budget: { ratio, floorPerSecond } },
      hedge: bare.hedge,
      quota: bare.quota,
      pacing: bare.pacing,
      concurrency: bare.concurrency,
      breaker: { trip: { consecutiveFailures: trip.consecutiveFailures }, trials, openMs, successesToClose, mode },
      stream: bare.stream,
    }).toStrictEqual(DEFAULTS);
  });

  it('change nothing when they are written into a config', () => {
    expect(completed(DEFAULTS)).toStrictEqual(bare);
  });

  it('leave out only what follows from other values', () => {
    expect(bare.retry.maxElapsedMs).toBe(30_000);
    expect(bare.retry.budget.burst).toBe(10);
    expect(bare.breaker.openMaxMs).toBe(300_000);
    expect(bare.breaker.trialLeaseMs).toBe(90_000);
    const paths = [...flatten(bare).keys()].filter((path) => !path.startsWith('retry.kinds'));
    const ofKinds = [...flatten({ retry: bare.retry.kinds.server_error }).keys()];
    const derived = ['retry.maxElapsedMs', 'retry.budget.burst', 'breaker.openMaxMs', 'breaker.trialLeaseMs'];
    expect([...flatten(DEFAULTS).keys(), ...derived, 'retry.always'].sort()).toEqual(
      [...new Set([...paths, ...ofKinds])].sort(),
    );
  });

  it.each([
    ['three of the longest waits', { retry: { maxDelayMs: 20_000 } }, 60_000],
    ['those of kinds included', { retry: { kinds: { network: { maxDelayMs: 30_000 } } } }, 90_000],
  ] satisfies [string, Settings, number][])(
    'let retries begin within three times the longest wait: %s',
    (_, settings, elapsedMs) => {
      expect(completed(settings).retry.maxElapsedMs).toBe(elapsedMs);
    },
  );

  it('let a budget save what the floor gives in two seconds', () => {
    expect(completed({ retry: { budget: { floorPerSecond: 50 } } }).retry.budget.burst).toBe(100);
  });

  it.each([
    ['five times openMs', { breaker: { openMs: 1_000 } }, 5_000],
    ['no longer than a timer', { breaker: { openMs: 2_000_000_000 } }, 2_147_483_647],
  ] satisfies [string, Settings, number][])('let an opening last %s at the most', (_, settings, openMaxMs) => {
    expect(completed(settings).breaker.openMaxMs).toBe(openMaxMs);
  });

  it.each([
    [{ attemptTimeoutMs: 1_000 }, 1_500],
    [{ attemptTimeoutMs: false }, 180_000],
    [{ attemptTimeoutMs: false, deadlineMs: false }, 60_000],
  ] satisfies [Settings, number][])('lease a trial with %j for %d ms', (settings, leaseMs) => {
    expect(completed(settings).breaker.trialLeaseMs).toBe(leaseMs);
  });

  it('wait twice as long for an overloaded provider, within the longest wait', () => {
    expect(bare.retry.kinds.overloaded).toMatchObject({ minDelayMs: 4_000, maxDelayMs: 10_000 });
    expect(completed({ retry: { maxDelayMs: 3_000 } }).retry.kinds.overloaded).toMatchObject({ minDelayMs: 3_000 });
  });
});
