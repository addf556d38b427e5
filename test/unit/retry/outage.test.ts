import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/pipeline/index.js';
import { TokenBucket } from '../../../src/retry/budget.js';
import { decide } from '../../../src/retry/decide.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import type { RetrySettings } from '../../../src/retry/settings.js';
import { randomFrom, SEED } from '../../support/seed.js';

const ATTEMPT_MS = 50;
const SECONDS = 60;

const FAILURE: Failure = { kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true };

interface Attempt {
  readonly number: number;
  readonly beganAt: number;
}

interface Traffic {
  readonly callsPerSecond: number;
  /** When the provider is down, in milliseconds. Default always. */
  readonly isDown?: (atMs: number) => boolean;
}

/** Requests sent in each second to a provider that is down, in virtual time. */
function requestsBySecond(settings: RetrySettings, { callsPerSecond, isDown = () => true }: Traffic): number[] {
  const rules = resolveRetrySettings(settings);
  const budget = rules.budget === false ? undefined : new TokenBucket(rules.budget);
  const random = randomFrom(SEED);
  const sent = new Array<number>(SECONDS).fill(0);
  const ends = new Map<number, Attempt[]>();

  const send = (attempt: Attempt, atMs: number): void => {
    const second = Math.floor(atMs / 1000);
    if (second < SECONDS) sent[second] = (sent[second] ?? 0) + 1;
    const endMs = Math.ceil(atMs) + ATTEMPT_MS;
    ends.set(endMs, [...(ends.get(endMs) ?? []), attempt]);
  };

  const end = ({ number, beganAt }: Attempt, nowMs: number): void => {
    if (!isDown(nowMs)) {
      budget?.refill();
      return;
    }
    const failed = {
      attempt: number,
      failure: FAILURE,
      elapsedMs: nowMs - beganAt,
      remainingMs: 120_000 - (nowMs - beganAt),
      typicalMs: undefined,
      idempotent: true,
      replayable: true,
      previousDelayMs: undefined,
    };
    const decision = decide(rules, failed, random);
    if (decision.retry && budget?.take(nowMs) !== false)
      send({ number: number + 1, beganAt }, nowMs + decision.delayMs);
  };

  for (let nowMs = 0; nowMs < SECONDS * 1000; nowMs++) {
    if (nowMs % (1000 / callsPerSecond) === 0) send({ number: 1, beganAt: nowMs }, nowMs);
    for (const attempt of ends.get(nowMs) ?? []) end(attempt, nowMs);
    ends.delete(nowMs);
  }
  return sent;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

/** Requests for each call after the first second: over all of them, and in the worst second. */
function perCall(requests: readonly number[], callsPerSecond: number): { overall: number; worst: number } {
  const later = requests.slice(1);
  return { overall: sum(later) / (later.length * callsPerSecond), worst: Math.max(...later) / callsPerSecond };
}

describe('retries in an outage at 100 calls a second', () => {
  const outage = { callsPerSecond: 100 };

  it.each<RetrySettings>([
    {},
    { jitter: 'full' },
    { jitter: 'additive' },
    { jitter: 'decorrelated' },
    { jitter: 'none' },
    { strategy: 'fixed', minDelayMs: 10 },
    { maxAttempts: 10 },
  ])('make at most 1.2 requests a call in any second after the first: %j', (settings) => {
    const { overall, worst } = perCall(requestsBySecond(settings, outage), 100);
    expect(worst).toBeLessThanOrEqual(1.2);
    expect(overall).toBeLessThanOrEqual(1.06);
    // It is not by making none.
    expect(overall).toBeGreaterThan(1.03);
  });

  it('make three requests a call without the budget', () => {
    const { overall, worst } = perCall(requestsBySecond({ budget: false }, outage), 100);
    expect(overall).toBeGreaterThan(2.8);
    expect(worst).toBeGreaterThan(2.9);
  });

  it('do not become more after half a minute of successful calls', () => {
    const isDown = (atMs: number) => atMs >= 30_000;
    const requests = requestsBySecond({}, { callsPerSecond: 100, isDown });
    expect(requests.slice(0, 30)).toEqual(new Array<number>(30).fill(100));
    expect(Math.max(...requests.slice(30))).toBeLessThanOrEqual(120);
  });
});

describe('retries in smaller outages', () => {
  it('are all made when one call in ten fails, at 100 calls a second', () => {
    const random = randomFrom(SEED + 1);
    const isDown = () => random() < 0.1;
    const requests = sum(requestsBySecond({}, { callsPerSecond: 100, isDown }));
    const unbudgeted = sum(requestsBySecond({ budget: false }, { callsPerSecond: 100, isDown }));
    expect(requests / (SECONDS * 100)).toBeGreaterThan(1.09);
    expect(Math.abs(requests - unbudgeted) / unbudgeted).toBeLessThan(0.02);
  });

  it('are all made in an outage of a service with one call a second', () => {
    const requests = sum(requestsBySecond({}, { callsPerSecond: 1 }));
    expect(requests).toBe(sum(requestsBySecond({ budget: false }, { callsPerSecond: 1 })));
    expect(requests).toBeGreaterThan(SECONDS * 2.8);
  });
});
