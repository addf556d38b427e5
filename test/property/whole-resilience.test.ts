import assert from 'node:assert/strict';
import {
  type Call,
  createResilience,
  type ExecuteOptions,
  type Fallback,
  type Resilience,
  type Target,
} from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { SEED } from '../support/seed.js';
import { Dice } from './dice.js';
import { checkKey, checkStats, EventsOfCalls } from './ended-checks.js';
import { drain, pass, stopTime } from './fake-time.js';
import { RandomFunctions } from './random-functions.js';

afterEach(() => {
  vi.useRealTimers();
});

const LIVES = 200;
const STEPS = 60;
const KEYS = [undefined, 'eu', 'us'];
const MOVES = ['open', 'close', 'isolate', 'reset'] as const;
const OPERATIONS = ['chat', 'embed', 'plain'];
const PRIORITIES = ['high', 'normal', 'low'] as const;
const FALLBACK: Fallback = [
  { lastGood: { key: 'any' }, on: ['overloaded'] },
  { operation: 'plain', on: ['timeout'] },
];
const TARGETS: readonly (string | Target)[] = [
  'eu',
  { name: 'many', keys: ['one', 'two'], settings: { retry: false } },
];

const CHANGES: readonly Parameters<Resilience['configure']>[0][] = [
  { defaults: { retry: { maxAttempts: 2 } } },
  { defaults: { retry: false } },
  { defaults: { breaker: false } },
  { defaults: { breaker: { mode: 'observe' } } },
  { defaults: { breaker: { trip: { consecutiveFailures: 2 }, openMs: 20 } } },
  { defaults: { attemptTimeoutMs: 15, quota: false } },
  { defaults: { hedge: { delayMs: 5, max: 2 } } },
  { defaults: { concurrency: { limit: 2, queue: 2, queueTimeoutMs: 20 } } },
  { defaults: { concurrency: { limit: 4, queue: 1, adaptive: true }, pacing: false } },
  { defaults: { concurrency: false, hedge: false } },
  { defaults: { pacing: { requestsPerMinute: 6_000, burstMs: 30, queue: 3, maxWaitMs: 40 } } },
  { operations: { late: { deadlineMs: 50 } } },
];

/** One `Resilience` from its creation to its end, with everything that can happen to it. */
class Life {
  readonly #dice: Dice;
  readonly #functions: RandomFunctions;
  readonly resilience: Resilience;
  readonly #caller = new AbortController();
  readonly #events = new EventsOfCalls();
  /** What callers were promised. */
  #promised = 0;
  #kept = 0;
  /** Calls that share nothing: each is counted. */
  #ownCalls = 0;
  #sharingCalls = 0;

  constructor(seed: number) {
    stopTime();
    this.#dice = new Dice(seed);
    this.#functions = new RandomFunctions(this.#dice);
    this.resilience = createResilience({
      preset: 'none',
      random: this.#dice.random,
      fallbacks: { embed: FALLBACK },
      targets: { embed: { list: TARGETS, targetWaitMs: 50 } },
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
    this.resilience.on('*', (event) => this.#events.add(event));
  }

  get seen(): ReadonlySet<string> {
    return this.#events.types;
  }

  step(): void {
    const key = this.#dice.pick(KEYS);
    const what = this.#dice.random();
    if (what < 0.72) this.#call(key);
    else if (what < 0.75) this.#group();
    else if (what < 0.8) this.resilience.configure(this.#dice.pick(CHANGES), { replace: this.#dice.chance(0.3) });
    else if (what < 0.85) this.resilience.operation('chat').releaseQuota(key);
    else if (what < 0.9) this.#moveBreaker(key);
    else if (what < 0.93) this.#caller.abort(new Error('all callers left'));
    else this.#functions.release();
  }

  passMs(): number {
    return Math.floor(this.#dice.random() ** 3 * 60);
  }

  /** Lets every limit run out, closes, and checks what is left. */
  async end(): Promise<void> {
    // Counted at once, since a timer that was forgotten runs out later. One is that of the time that passes.
    const closing = this.resilience.close().then(() => vi.getTimerCount());
    await pass(400);
    assert.equal(await closing, 1, 'timers are left when close() resolves');
    assert.equal(this.#kept, this.#promised, 'a call has not settled, or more than once');
    assert.equal(vi.getTimerCount(), 0, 'timers are left');
    const stats = this.resilience.stats();
    checkStats(stats);
    this.#events.check();
    const started = this.#events.started.length;
    assert.equal(stats.calls, started);
    assert(this.#ownCalls <= started && started <= this.#ownCalls + this.#sharingCalls, `${started} calls`);
    assert.equal(stats.attempts, this.#functions.invocations.length);
    this.#functions.releaseAll();
    await drain();
    assert.deepEqual(this.resilience.stats(), stats, 'late results have changed the numbers');
    const snapshot = this.resilience.snapshot();
    assert.equal(snapshot.inFlight, 0);
    for (const { keys } of Object.values(snapshot.operations)) {
      for (const state of keys) {
        checkKey(state);
        assert.equal(state.concurrency?.inUse ?? 0, 0, 'a permit is held for ever');
      }
    }
  }

  #call(key: string | undefined): void {
    const operation = this.#dice.pick(OPERATIONS);
    const options = this.#optionsFor(operation, key);
    // A fallback may call another operation, and a call whose value is a stream does not share it.
    if (options.cache === undefined) this.#ownCalls += 1;
    else this.#sharingCalls += 1;
    if (options.fallback !== undefined || operation === 'embed') this.#sharingCalls += 1;
    this.#promised += 1;
    const count = () => {
      this.#kept += 1;
    };
    const work = (call: Call) => this.#work(call);
    if (this.#dice.chance(0.3)) void this.resilience.inspect(operation, work, options).then(count);
    else this.resilience.execute(operation, work, options).then(count, count);
  }

  #optionsFor(operation: string, key: string | undefined): ExecuteOptions<'aggressive', unknown> {
    const dice = this.#dice;
    return {
      ...(key !== undefined && { key }),
      ...(dice.chance(0.3) && { signal: this.#caller.signal }),
      ...(dice.chance(0.2) && { deadlineMs: 1 + dice.below(80) }),
      ...(dice.chance(0.1) && { settings: { retry: { maxAttempts: 5 }, attemptTimeoutMs: false } }),
      ...(dice.chance(0.1) && { settings: { hedge: { delayMs: 3 } } }),
      ...(dice.chance(0.1) && { strategy: 'aggressive' }),
      ...(dice.chance(0.1) && { idempotent: false }),
      ...(dice.chance(0.3) && { priority: dice.pick(PRIORITIES) }),
      ...(dice.chance(0.1) && { targets: TARGETS }),
      // The fallback names `plain`, which must not lead back to itself.
      ...(operation !== 'plain' && dice.chance(0.1) && { fallback: FALLBACK }),
      ...(dice.chance(0.1) && { cache: { key: 'any', ttlMs: dice.pick([0, 20]) } }),
    };
  }

  /** Tasks of which one waits for the others. */
  #group(): void {
    const run = (call: Call) => this.#work(call);
    const options = { deadlineMs: 20 + this.#dice.below(100), concurrency: 1 + this.#dice.below(2) };
    this.#promised += 1;
    // One for each task, and one for the fallback of `embed`.
    this.#sharingCalls += 4;
    void this.resilience
      .group({ chat: { run }, embed: { run }, plain: { after: ['chat', 'embed'], run } }, options)
      .then(() => {
        this.#kept += 1;
      });
  }

  #work(call: Call): unknown {
    return this.#functions.run(call, () => undefined);
  }

  #moveBreaker(key: string | undefined): void {
    const { breaker } = this.resilience.operation('chat').settings;
    if (breaker !== false) this.resilience.operation('chat').breaker(key)[this.#dice.pick(MOVES)]();
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
    'hedge.sent',
    'quota.held',
    'quota.released',
    'capacity.rejected',
    'breaker.opened',
    'breaker.half_opened',
    'breaker.closed',
    'breaker.rejected',
    'target.moved',
    'fallback.used',
    'cache.hit',
    'attempt.abandoned',
    'config.changed',
  ]) {
    assert(seen.has(type), `no ${type} in any life`);
  }
});
