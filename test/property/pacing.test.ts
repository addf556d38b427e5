import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterEach, test, vi } from 'vitest';
import { Gcra, type Rate } from '../../src/limits/gcra.js';
import { Pacer, pacingStage, resolvePacingSettings } from '../../src/limits/index.js';
import type { Call, Failure, LiveAttempt } from '../../src/pipeline/index.js';
import { firstAttempt } from '../support/attempts.js';
import { type Deferred, deferred } from '../support/calls.js';
import { notedHooks } from '../support/live-calls.js';
import { runs } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/**
 * The same algorithm as it is usually written, by a theoretical arrival time: when everything that was taken will have come
 * in. Without a ramp.
 */
class ArrivalTime {
  readonly #perMs: number;
  readonly #burstMs: number;
  #arrivalMs: number;

  constructor({ perMinute, burstMs }: Omit<Rate, 'rampMs'>, nowMs: number) {
    this.#perMs = perMinute / 60_000;
    this.#burstMs = burstMs;
    this.#arrivalMs = nowMs;
  }

  get burst(): number {
    return this.#burstMs * this.#perMs;
  }

  availableAt(nowMs: number): number {
    return (this.#burstMs - Math.max(0, this.#arrivalMs - nowMs)) * this.#perMs;
  }

  take(units: number, nowMs: number): void {
    this.#arrivalMs = Math.max(nowMs, Math.max(nowMs, this.#arrivalMs) + units / this.#perMs);
  }

  limitTo(units: number, nowMs: number): void {
    this.#arrivalMs = Math.max(this.#arrivalMs, nowMs + this.#burstMs - units / this.#perMs);
  }

  canSend(units: number, nowMs: number): boolean {
    return this.availableAt(nowMs) >= Math.min(units, this.burst) - 1e-5;
  }
}

const rate = fc.record({
  perMinute: fc.oneof(fc.constantFrom(0.5, 60, 600, 1e6), fc.double({ min: 1, max: 1e6, noNaN: true })),
  burstMs: fc.oneof(fc.constantFrom(0, 1_000, 5_000, 60_000), fc.double({ min: 0, max: 60_000, noNaN: true })),
});

const change = fc.record({
  pauseMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5_000, noNaN: true })),
  what: fc.constantFrom('take', 'giveBack', 'limitTo'),
  share: fc.double({ min: 0, max: 3, noNaN: true }),
});

test('a rate allows what the algorithm of theoretical arrival times allows', () => {
  fc.assert(
    fc.property(rate, fc.array(change, { maxLength: 60, size: 'max' }), (drawn, changes) => {
      let nowMs = 1_000;
      const gcra = new Gcra({ ...drawn, rampMs: 0 }, nowMs);
      const model = new ArrivalTime(drawn, nowMs);
      const isNear = (one: number, other: number) =>
        assert(Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one)), `${one} is not ${other}`);
      for (const { pauseMs, what, share } of changes) {
        nowMs += pauseMs;
        const units = share * Math.max(1, model.burst);
        const waitMs = gcra.computeWaitMs(units, nowMs);
        if (waitMs === 0) assert(model.canSend(units, nowMs));
        else assert(model.availableAt(nowMs) < Math.min(units, model.burst));
        if (waitMs > 2) {
          assert(model.canSend(units, nowMs + waitMs + 0.01));
          assert(model.availableAt(nowMs + waitMs - 1) < Math.min(units, model.burst));
        }
        if (what === 'take') model.take(units, nowMs);
        if (what === 'giveBack') model.take(-units, nowMs);
        if (what === 'limitTo') model.limitTo(units, nowMs);
        gcra[what](units, nowMs);
        isNear(gcra.availableAt(nowMs), model.availableAt(nowMs));
        isNear(gcra.availableAt(nowMs + 777), model.availableAt(nowMs + 777));
      }
    }),
    runs(2_000),
  );
});

test('a ramp gives the same however often it is looked at, no more than the rate, and waits that are exact', () => {
  const steps = fc.array(fc.double({ min: 0, max: 3_000, noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(rate, fc.double({ min: 1, max: 20_000, noNaN: true }), steps, (drawn, rampMs, pauses) => {
      const make = (length: number) => {
        const gcra = new Gcra({ ...drawn, rampMs: length }, 0);
        gcra.startRamp(0);
        gcra.take(3 + (drawn.perMinute / 60_000) * drawn.burstMs, 0);
        return gcra;
      };
      const [often, once, flat] = [make(rampMs), make(rampMs), make(0)];
      const allowed = 1e-6 * Math.max(1, drawn.perMinute);
      let nowMs = 0;
      for (const pauseMs of pauses) {
        nowMs += pauseMs;
        often.take(0, nowMs);
        const available = often.availableAt(nowMs);
        assert(Math.abs(available - once.availableAt(nowMs)) <= allowed);
        assert(available <= flat.availableAt(nowMs) + allowed);
        const waitMs = often.computeWaitMs(1, nowMs);
        assert(often.computeWaitMs(1, nowMs + waitMs + 0.01) <= 0.01);
        if (waitMs > 2) assert(often.computeWaitMs(1, nowMs + waitMs - 1) > 0);
      }
    }),
    runs(2_000),
  );
});

/** How an attempt ends, and whether its tokens and its request are given back then. */
const ENDINGS = {
  success: { failure: undefined, keeps: 'all' },
  server_error: { failure: { kind: 'server_error' }, keeps: 'all' },
  rate_limited: { failure: { kind: 'rate_limited' }, keeps: 'request' },
  unreachable: { failure: { kind: 'network', unexecuted: true }, keeps: 'nothing' },
} as const satisfies Record<string, { failure: Partial<Failure> | undefined; keeps: string }>;

/** What a later stage does with an attempt that is sent: it lets it pass, rejects it, or lets it wait until it is rejected. */
const INNER = ['passes', 'passes', 'rejects', 'waits'] as const;

const nth = fc.nat(30);
const tokens = fc.oneof(fc.nat(2_000), fc.nat(20_000));
const step = fc.oneof(
  fc.record({
    what: fc.constant<'start'>('start'),
    inputTokens: tokens,
    outputTokens: tokens,
    inner: fc.constantFrom(...INNER),
  }),
  fc.record({ what: fc.constant<'reject'>('reject'), nth }),
  fc.record({
    what: fc.constant<'report'>('report'),
    nth,
    inputTokens: fc.option(tokens),
    outputTokens: fc.option(tokens),
  }),
  fc.record({ what: fc.constant<'end'>('end'), nth, ending: fc.constantFrom(...Object.keys(ENDINGS)) }),
  fc.record({ what: fc.constant<'interrupt'>('interrupt'), nth }),
  fc.record({ what: fc.constant<'headers'>('headers'), nth, requests: fc.nat(20), left: fc.nat(20_000) }),
  fc.record({ what: fc.constant<'pass'>('pass'), ms: fc.oneof(fc.nat(10), fc.nat(3_000)) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Played {
  readonly attempt: LiveAttempt;
  readonly end: Deferred<void>;
  readonly inner: (typeof INNER)[number];
  /** Rejects it in the later stage where it waits. */
  reject: (() => void) | undefined;
  readonly fail: { failure: Partial<Failure> | undefined };
  input: number;
  output: number;
  state: 'waiting' | 'sent' | 'running' | 'ended';
  hasReported: boolean;
}

const WAIT_FOR_PERMIT_MS = 5_000;
const REQUESTS = { perMinute: 120, burstMs: 5_000 };
const TOKENS = { perMinute: 120_000, burstMs: 5_000 };

/** Attempts of one key, beside a model of what they take and give back. */
class Play {
  readonly #pacer: Pacer;
  readonly #requests = new ArrivalTime(REQUESTS, performance.now());
  readonly #tokens = new ArrivalTime(TOKENS, performance.now());
  readonly #all: Played[] = [];
  readonly #settings = resolvePacingSettings({
    requestsPerMinute: REQUESTS.perMinute,
    tokensPerMinute: TOKENS.perMinute,
    maxWaitMs: 20_000,
    rampMs: 0,
  });

  constructor() {
    this.#pacer = new Pacer(this.#settings, () => 0, performance.now());
  }

  take(each: Exclude<Step, { what: 'pass' }>): void {
    if (each.what === 'start') this.start(each.inputTokens, each.outputTokens, each.inner);
    else if (each.what === 'report') this.report(each.nth, each.inputTokens, each.outputTokens);
    else if (each.what === 'end') this.end(each.nth, each.ending);
    else if (each.what === 'reject') this.reject(each.nth);
    else if (each.what === 'interrupt') this.interrupt(each.nth);
    else this.observe(each.nth, each.requests, each.left);
  }

  async interruptAll(): Promise<void> {
    for (let index = 0; index < this.size; index++) {
      this.interrupt(index);
      await drain();
    }
  }

  start(inputTokens: number, outputTokens: number, inner: Played['inner']): void {
    const end = deferred();
    const fail: Played['fail'] = { failure: undefined };
    const hooks = {
      ...notedHooks(),
      classify: (): Failure => ({
        kind: 'unknown',
        retry: 'never',
        breaker: 'failure',
        failover: true,
        ...fail.failure,
      }),
    };
    const estimate = { inputTokens, outputTokens };
    const attempt = firstAttempt({ estimate, hooks, work: (_call: Call) => end.promise });
    const played: Played = {
      attempt,
      end,
      inner,
      reject: undefined,
      fail,
      input: inputTokens,
      output: outputTokens,
      state: 'waiting',
      hasReported: false,
    };
    this.#all.push(played);
    const run = pacingStage({
      settings: this.#settings,
      listener: { capacityRejected: () => undefined },
      pacerOf: () => this.#pacer,
      typicalMs: () => undefined,
      readRemaining: () => ({ requests: this.#said.requests, tokens: this.#said.left }),
      readErrorRemaining: () => undefined,
    })((sent) => this.#send(played, sent.interruption === undefined));
    run(attempt).catch(() => {
      played.state = 'ended';
    });
  }

  #said = { requests: 0, left: 0 };

  #send(played: Played, isLive: boolean): Promise<unknown> {
    const nowMs = performance.now();
    const sum = played.input + played.output;
    assert.equal(played.state, 'waiting');
    assert(isLive);
    assert(this.#requests.canSend(1, nowMs) && this.#tokens.canSend(sum, nowMs), 'it was sent too soon');
    const before = this.#all.slice(0, this.#all.indexOf(played));
    assert(
      before.every(({ state }) => state !== 'waiting'),
      'it was sent before one that came earlier',
    );
    if (played.inner === 'rejects') {
      played.state = 'ended';
      // Taken and given back, which changes nothing.
      return played.attempt.reject('breaker_open', new Error('open'));
    }
    this.#requests.take(1, nowMs);
    this.#tokens.take(sum, nowMs);
    if (played.inner === 'waits') return this.#letWait(played);
    played.state = 'running';
    return played.attempt.invoke();
  }

  /** It waits in a later stage, such as for a permit. */
  #letWait(played: Played): Promise<unknown> {
    played.state = 'sent';
    const waited = played.attempt.wait(WAIT_FOR_PERMIT_MS, (wake) => {
      played.reject = wake;
    });
    return waited.then(() => {
      this.#giveBack(played);
      return played.attempt.reject('capacity', new Error('full'));
    });
  }

  /** Everything, whatever it has reported: it was never sent to the provider. */
  #giveBack(played: Played): void {
    played.state = 'ended';
    const nowMs = performance.now();
    this.#requests.take(-1, nowMs);
    this.#tokens.take(-played.input - played.output, nowMs);
  }

  reject(index: number): void {
    const played = this.#all[index];
    if (played?.state === 'sent') played.reject?.();
  }

  report(index: number, input: number | null, output: number | null): void {
    const played = this.#running(index);
    if (played === undefined) return;
    const before = played.input + played.output;
    played.input = input ?? played.input;
    played.output = output ?? played.output;
    played.hasReported ||= input !== null || output !== null;
    this.#tokens.take(played.input + played.output - before, performance.now());
    played.attempt.settleUsage({
      ...(input !== null && { inputTokens: input }),
      ...(output !== null && { outputTokens: output }),
    });
  }

  end(index: number, ending: string): void {
    const played = this.#running(index);
    const how = Object.entries(ENDINGS).find(([name]) => name === ending)?.[1];
    if (played === undefined || how === undefined) return;
    played.state = 'ended';
    played.fail.failure = how.failure;
    const nowMs = performance.now();
    if (how.keeps === 'nothing') this.#requests.take(-1, nowMs);
    if (how.keeps === 'nothing' || (how.keeps === 'request' && !played.hasReported)) {
      this.#tokens.take(-played.input - played.output, nowMs);
    }
    if (how.failure === undefined) played.end.resolve();
    else played.end.reject(new Error(ending));
  }

  interrupt(index: number): void {
    const played = this.#all[index];
    if (played === undefined || played.state === 'ended') return;
    if (played.state === 'sent') this.#giveBack(played);
    played.state = 'ended';
    played.attempt.interrupt({ by: 'attempt_timeout', error: new Error('cut') });
  }

  observe(index: number, requests: number, left: number): void {
    const played = this.#running(index);
    if (played === undefined) return;
    this.#said = { requests, left };
    this.#requests.limitTo(requests, performance.now());
    this.#tokens.limitTo(left, performance.now());
    played.attempt.observe({ headers: {} });
  }

  check(): void {
    const nowMs = performance.now();
    const { requests, tokens: left, waiting } = this.#pacer.snapshot(nowMs);
    assert.equal(waiting, this.#all.filter(({ state }) => state === 'waiting').length);
    for (const [model, real] of [
      [this.#requests, requests],
      [this.#tokens, left],
    ] as const) {
      const available = model.availableAt(nowMs);
      const floors = [Math.floor(available + 1e-6), Math.floor(available - 1e-6)];
      assert(real !== null && floors.includes(real.available), `${real?.available} is not ${available}`);
    }
    const first = this.#all.find(({ state }) => state === 'waiting');
    if (first !== undefined) {
      // Timers count whole milliseconds.
      const lateMs = nowMs - 2;
      const canBeSent = this.#requests.canSend(1, lateMs) && this.#tokens.canSend(first.input + first.output, lateMs);
      assert(!canBeSent, 'the first one waits although its turn has come');
    }
    const inner = this.#all.filter(({ state }) => state === 'sent').length;
    assert(vi.getTimerCount() <= 1 + waiting + inner, 'there are more timers than waits');
  }

  #running(index: number): Played | undefined {
    const played = this.#all[index];
    return played?.state === 'running' ? played : undefined;
  }

  get size(): number {
    return this.#all.length;
  }
}

test('whatever attempts do, they are sent in turn and in time, and what is left is what a model says', async () => {
  let attempts = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), async (steps) => {
      stopTime();
      const play = new Play();
      for (const each of steps) {
        if (each.what === 'pass') await pass(each.ms);
        else play.take(each);
        await drain();
        play.check();
      }
      await play.interruptAll();
      play.check();
      assert.equal(vi.getTimerCount(), 0);
      attempts += play.size;
    }),
    runs(300),
  );
  assert(attempts > 300);
});
