import assert from 'node:assert/strict';
import { type Call, createResilience, type EventType, type ExecuteOptions, type Resilience } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { randomFrom, SEED } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

const LIVES = 300;
const STEPS = 60;
const KEYS = [undefined, 'eu', 'us'];
const MOVES = ['open', 'close', 'isolate', 'reset'] as const;
const OPERATIONS = ['chat', 'embed', 'plain'];

/** What a function may throw: an error of each kind, and what is no error at all. */
const ERRORS: readonly (() => unknown)[] = [
  ...[400, 401, 404, 408, 413, 422, 429, 500, 503, 529].map(
    (status) => () => Object.assign(new Error(`${status}`), { status }),
  ),
  () => Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after-ms': '40' } }),
  () => Object.assign(new Error('empty'), { status: 429, code: 'insufficient_quota' }),
  () => Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  () => Object.assign(new Error('cut'), { name: 'AbortError' }),
  () => 'a text',
  () => undefined,
];

const CHANGES: readonly Parameters<Resilience['configure']>[0][] = [
  { defaults: { retry: { maxAttempts: 2 } } },
  { defaults: { retry: false } },
  { defaults: { breaker: false } },
  { defaults: { breaker: { mode: 'observe' } } },
  { defaults: { breaker: { trip: { consecutiveFailures: 2 }, openMs: 20 } } },
  { defaults: { attemptTimeoutMs: 15, quota: false } },
  { operations: { late: { deadlineMs: 50 } } },
];

/** One `Resilience` from its creation to its end, with everything that can happen to it. */
class Life {
  readonly #random: () => number;
  readonly resilience: Resilience;
  readonly #caller = new AbortController();
  readonly #events = new Map<string, EventType[]>();
  readonly #releases: (() => void)[] = [];
  readonly seen = new Set<string>();
  calls = 0;
  ends = 0;

  constructor(seed: number) {
    stopTime();
    this.#random = randomFrom(seed);
    this.resilience = createResilience({
      preset: 'none',
      random: this.#random,
      config: {
        defaults: {
          deadlineMs: 150,
          attemptTimeoutMs: 40,
          retry: { minDelayMs: 2, maxDelayMs: 10, kinds: { unknown: true } },
          breaker: { trip: { consecutiveFailures: 3 }, openMs: 25, trials: 2, trialLeaseMs: 30 },
          quota: { maxWaitMs: 60, exhaustedMs: 30 },
        },
        operations: { chat: {}, plain: { retry: false, breaker: false, quota: false } },
      },
    });
    this.resilience.on('*', (event) => {
      this.seen.add(event.type);
      if (event.callId !== undefined)
        this.#events.set(event.callId, [...(this.#events.get(event.callId) ?? []), event.type]);
    });
  }

  step(): void {
    const key = this.#pick(KEYS);
    const what = this.#random();
    if (what < 0.75) this.#call(key);
    else if (what < 0.8) this.resilience.configure(this.#pick(CHANGES), { replace: this.#random() < 0.3 });
    else if (what < 0.85) this.resilience.operation('chat').releaseQuota(key);
    else if (what < 0.9) this.#moveBreaker(key);
    else if (what < 0.93) this.#caller.abort(new Error('all callers left'));
    else for (const release of this.#releases.splice(0)) release();
  }

  passMs(): number {
    return Math.floor(this.#random() ** 3 * 60);
  }

  /** Lets every limit run out, closes, and checks what is left. */
  async end(): Promise<void> {
    // Counted at once, since a timer that was forgotten runs out later. One is that of the time that passes.
    const closing = this.resilience.close().then(() => vi.getTimerCount());
    await pass(400);
    assert.equal(await closing, 1, 'timers are left when close() resolves');
    assert.equal(this.ends, this.calls, 'a call has not settled, or more than once');
    assert.equal(vi.getTimerCount(), 0, 'timers are left');
    const snapshot = this.resilience.snapshot();
    assert.equal(snapshot.inFlight, 0);
    const stats = this.resilience.stats();
    const { breaker, quota, capacity } = stats.rejections;
    const failures = Object.values(stats.failuresByKind).reduce((sum, count) => sum + (count ?? 0), 0);
    assert.equal(stats.calls, this.calls);
    assert.equal(stats.successes + stats.failures, stats.calls);
    assert.equal(failures + breaker + quota + capacity, stats.failures);
    for (const { keys } of Object.values(snapshot.operations)) {
      for (const state of keys) {
        assert.equal(state.inFlight, 0);
        if (state.breaker === null) continue;
        const { admitted, successes, failures: failed, ignored } = state.breaker.counts;
        assert.equal(successes + failed + ignored, admitted, 'an admission has not been settled');
      }
    }
    assert.equal(this.#events.size, this.calls);
    for (const types of this.#events.values()) {
      assert.equal(types[0], 'call.started');
      assert.equal(types.filter((type) => type === 'call.succeeded' || type === 'call.failed').length, 1);
    }
  }

  #call(key: string | undefined): void {
    const options: ExecuteOptions = {
      ...(key !== undefined && { key }),
      ...(this.#random() < 0.3 && { signal: this.#caller.signal }),
      ...(this.#random() < 0.2 && { deadlineMs: 1 + Math.floor(this.#random() * 80) }),
      ...(this.#random() < 0.1 && { settings: { retry: { maxAttempts: 5 }, attemptTimeoutMs: false } }),
      ...(this.#random() < 0.1 && { strategy: 'aggressive' }),
      ...(this.#random() < 0.1 && { idempotent: false }),
    };
    this.calls += 1;
    const count = () => {
      this.ends += 1;
    };
    const operation = this.#pick(OPERATIONS);
    if (this.#random() < 0.3) void this.resilience.inspect(operation, (call) => this.#work(call), options).then(count);
    else this.resilience.execute(operation, (call) => this.#work(call), options).then(count, count);
  }

  #work(call: Call): unknown {
    const error = this.#pick(ERRORS);
    const what = this.#random();
    if (what < 0.25) return 'value';
    if (what < 0.45) throw error();
    if (what < 0.6) return Promise.reject(error());
    if (what < 0.65) call.noRetry();
    if (what < 0.8) return new Promise((resolve) => this.#releases.push(() => resolve('late')));
    if (what < 0.9) return new Promise((_, reject) => this.#releases.push(() => reject(error())));
    return new Promise((_, reject) => call.signal.addEventListener('abort', () => reject(error())));
  }

  #moveBreaker(key: string | undefined): void {
    const { breaker } = this.resilience.operation('chat').settings;
    if (breaker !== false) this.resilience.operation('chat').breaker(key)[this.#pick(MOVES)]();
  }

  #pick<T>(from: readonly T[]): T {
    const picked = from
      .slice(Math.floor(this.#random() * from.length))
      [Symbol.iterator]()
      .next();
    if (picked.done === true) throw new Error('nothing to pick from');
    return picked.value;
  }
}

test('whatever happens to a Resilience, every call settles once, numbers add up, and nothing is left after close()', async () => {
  const seen = new Set<string>();
  for (let life = 0; life < LIVES; life++) {
    const subject = new Life(SEED + life);
    try {
      for (let step = 0; step < STEPS; step++) {
        subject.step();
        const ms = subject.passMs();
        if (ms > 0) await pass(ms);
        else await drain();
      }
      await subject.end();
    } catch (error) {
      throw new Error(`life ${life} of seed ${SEED}`, { cause: error });
    }
    for (const type of subject.seen) seen.add(type);
  }
  // The lives are no good if they do not come to everything.
  for (const type of [
    'retry.scheduled',
    'retry.refused',
    'quota.held',
    'quota.released',
    'breaker.opened',
    'breaker.half_opened',
    'breaker.closed',
    'breaker.rejected',
    'attempt.abandoned',
    'config.changed',
  ]) {
    assert(seen.has(type), `no ${type} in any life`);
  }
});
