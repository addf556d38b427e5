import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClientRateLimit, type ClientRateLimitOptions } from '../../../src/admin/client-rate-limit.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { randomFrom, SEED } from '../../support/seed.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;

/** The monotonic clock, which goes when told, and never back. */
const clock = {
  get ms(): number {
    return performance.now();
  },
  set ms(ms: number) {
    vi.advanceTimersByTime(ms - performance.now());
  },
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function limited(options: ClientRateLimitOptions = {}) {
  const limit = new ClientRateLimit(options);
  /** Asks so many times, one cooldown apart, and tells how many were let through. */
  const ask = (client: string, times: number, everyMs = 1_000) => {
    let allowed = 0;
    for (let time = 0; time < times; time++) {
      if (limit.take(client).allowed) allowed += 1;
      clock.ms += everyMs;
    }
    return allowed;
  };
  return { limit, ask };
}

describe('the rate limit of a client', () => {
  it('admits one request each second, and returns how long to wait', () => {
    const { limit } = limited();
    expect(limit.take('a')).toEqual({ allowed: true });
    clock.ms = 400;
    expect(limit.take('a')).toEqual({ allowed: false, limit: 'cooldown', retryAfterMs: 600 });
    clock.ms = 999;
    expect(limit.take('a')).toEqual({ allowed: false, limit: 'cooldown', retryAfterMs: 1 });
    clock.ms = 1_000;
    expect(limit.take('a')).toEqual({ allowed: true });
  });

  it('admits 60 requests within any minute', () => {
    const { limit, ask } = limited({ cooldownMs: 0 });
    expect(ask('a', 100, 10)).toBe(60);
    expect(limit.take('a')).toEqual({ allowed: false, limit: 'minute', retryAfterMs: 59_000 });
    clock.ms = MINUTE - 1;
    expect(limit.take('a')).toMatchObject({ allowed: false, retryAfterMs: 1 });
    clock.ms = MINUTE;
    expect(limit.take('a')).toEqual({ allowed: true });
    expect(limit.take('a')).toEqual({ allowed: false, limit: 'minute', retryAfterMs: 10 });
  });

  it('admits 1000 requests within any hour', () => {
    const { limit, ask } = limited();
    expect(ask('a', 1_200)).toBe(1_000);
    expect(limit.take('a')).toEqual({ allowed: false, limit: 'hour', retryAfterMs: HOUR - 1_200_000 });
    clock.ms = HOUR;
    expect(ask('a', 5)).toBe(5);
  });

  it('slides, so that a request is admitted exactly if the last second, minute and hour have room for it', () => {
    const random = randomFrom(SEED);
    const { limit } = limited({ cooldownMs: 100, maxPerMinute: 20, maxPerHour: 200 });
    const taken: number[] = [];
    const within = (ms: number) => taken.filter((at) => at > clock.ms - ms).length;
    for (let step = 0; step < 2_000; step++) {
      clock.ms += Math.floor(random() ** 8 * 60_000);
      const fits = within(100) === 0 && within(MINUTE) < 20 && within(HOUR) < 200;
      const verdict = limit.take('a');
      expect(verdict.allowed).toBe(fits);
      if (verdict.allowed) taken.push(clock.ms);
      expect(limit.status('a')).toMatchObject({ requestsLastMinute: within(MINUTE), requestsLastHour: within(HOUR) });
    }
    expect(taken.length).toBeGreaterThan(200);
  });

  it('returns exactly how long a client has to wait', () => {
    const { limit, ask } = limited({ maxPerMinute: 5, maxPerHour: 12 });
    let refusals = 0;
    for (let step = 0; step < 40; step++) {
      ask('a', 1, 300);
      const verdict = limit.take('a');
      if (verdict.allowed) continue;
      refusals += 1;
      clock.ms += verdict.retryAfterMs - 1;
      expect(limit.take('a').allowed).toBe(false);
      clock.ms += 1;
      expect(limit.take('a').allowed).toBe(true);
    }
    expect(refusals).toBeGreaterThan(10);
  });

  it('counts no refusals, so that asking too early makes nothing worse', () => {
    const { limit, ask } = limited();
    ask('a', 500, 1);
    expect(limit.status('a')).toMatchObject({ requestsLastMinute: 1, requestsLastHour: 1 });
    clock.ms = 1_000;
    expect(limit.take('a').allowed).toBe(true);
  });

  it('is independent for each client', () => {
    const { limit } = limited();
    expect([limit.take('a').allowed, limit.take('b').allowed, limit.take('a').allowed]).toEqual([true, true, false]);
  });

  it('returns the status of a client', () => {
    const { limit, ask } = limited();
    ask('a', 2);
    limit.take('a');
    clock.ms += 400;
    const limits = { maxPerMinute: 60, maxPerHour: 1_000 };
    expect(limit.status('a')).toEqual({
      requestsLastMinute: 3,
      requestsLastHour: 3,
      ...limits,
      cooldownRemainingMs: 600,
    });
    clock.ms = MINUTE + 1_000;
    expect(limit.status('a')).toMatchObject({ requestsLastMinute: 1, requestsLastHour: 3, cooldownRemainingMs: 0 });
    expect(limit.status('stranger')).toEqual({
      requestsLastMinute: 0,
      requestsLastHour: 0,
      ...limits,
      cooldownRemainingMs: 0,
    });
    expect(limit.clients).toBe(1);
  });

  it('can be reset, for one client or for all', () => {
    const { limit } = limited();
    for (const client of ['a', 'b', 'c']) limit.take(client);
    limit.reset('a');
    expect([limit.take('a').allowed, limit.take('b').allowed]).toEqual([true, false]);
    limit.reset();
    expect(limit.clients).toBe(0);
    expect(limit.take('b').allowed).toBe(true);
  });
});

describe('the memory of a rate limit', () => {
  it('forgets clients an hour after their last admission, without a timer', () => {
    const { limit } = limited();
    for (let client = 0; client < 1_000; client++) limit.take(`client ${client}`);
    expect([limit.clients, vi.getTimerCount()]).toEqual([1_000, 0]);
    clock.ms = HOUR - 1;
    limit.take('client 0');
    expect(limit.clients).toBe(1_000);
    clock.ms = HOUR;
    limit.take('late');
    expect(limit.clients).toBe(2);
    clock.ms = 3 * HOUR;
    limit.status('late');
    expect(limit.clients).toBe(0);
  });

  it('holds no more clients than maxClients, and forgets those first that were admitted longest ago', () => {
    const { limit } = limited({ maxClients: 100 });
    limit.take('regular');
    for (let client = 0; client < 50_000; client++) {
      limit.take(`client ${client}`);
      clock.ms += 20;
      limit.take('regular');
    }
    expect(limit.clients).toBe(100);
    expect(limit.status('client 49999').requestsLastHour).toBe(1);
    expect(limit.status('client 10').requestsLastHour).toBe(0);
    expect(limit.status('regular').requestsLastHour).toBe(1_000);
  });
});

describe('the check of a rate limit', () => {
  it.each([
    { options: { cooldownMs: -1 }, path: 'options.cooldownMs' },
    { options: { maxPerMinute: 0 }, path: 'options.maxPerMinute' },
    { options: { maxPerHour: 1.5 }, path: 'options.maxPerHour' },
    { options: { maxClients: Number.NaN }, path: 'options.maxClients' },
    { options: { maxPerMinutes: 5 }, path: 'options.maxPerMinutes' },
    { options: null, path: 'options' },
  ])('refuses the invalid $path of $options', ({ options, path }) => {
    expect(issuesOf(() => Reflect.construct(ClientRateLimit, [options]))).toMatchObject([{ path }]);
  });

  it.each([undefined, '', 5, 'x'.repeat(257), 'a\nb'])('refuses the invalid client %j', (client) => {
    const { limit } = limited();
    expect(issuesOf(() => Reflect.apply(limit.take, limit, [client]))).toMatchObject([{ path: 'client' }]);
    expect(issuesOf(() => Reflect.apply(limit.status, limit, [client]))).toMatchObject([{ path: 'client' }]);
  });
});
