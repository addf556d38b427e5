import type { HoldfastEvent } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { resolveBreakerSettings } from '../../../src/breaker/index.js';
import { resolvePacingSettings } from '../../../src/limits/index.js';
import { getKeyState, KeyState } from '../../../src/orchestrator/key-state.js';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';
import { firstAttempt } from '../../support/attempts.js';
import { countingLane, liveCall } from '../../support/live-calls.js';
import { pass, START, useFakeTime } from '../../support/time.js';

useFakeTime();

const SETTINGS = resolveBreakerSettings({ trip: { consecutiveFailures: 1 }, openMs: 1_000 });
const IDLE_MS = 300_000;

function stateOf(key: string | undefined, breaker: typeof SETTINGS | false = SETTINGS) {
  const context = new ResilienceContext(() => 0, undefined);
  const events: HoldfastEvent[] = [];
  context.reporter.on('*', (event) => events.push(event));
  return {
    events,
    state: new KeyState({ context, operation: 'chat', key, settings: { breaker, pacing: false, concurrency: false } }),
  };
}

describe('the breaker of a key state', () => {
  it('reports its transitions as events of the operation and the key, and counts them', async () => {
    const { state, events } = stateOf('eu');
    state.breaker?.open();
    state.breaker?.tryAdmit();
    await pass(1_000);
    state.breaker?.close();
    const about = { operation: 'chat', key: 'eu', breaker: 'chat/eu' };
    expect(events).toEqual([
      { type: 'breaker.opened', at: START, ...about, cause: 'manual', waitMs: 1_000 },
      { type: 'breaker.rejected', at: START, ...about, refusal: 'open', retryAfterMs: 1_000, enforced: true },
      { type: 'breaker.half_opened', at: START + 1_000, ...about },
      { type: 'breaker.closed', at: START + 1_000, ...about, cause: 'manual' },
    ]);
    expect(state.counter.stats().breaker).toEqual({ opens: 1, halfOpens: 1, closes: 1 });
  });

  it('is named after the operation alone where there is no key', () => {
    const { state } = stateOf(undefined);
    expect(state.breaker?.name).toBe('chat');
  });

  it('is removed when the settings disable it, and starts closed when they enable it again', () => {
    const { state } = stateOf('eu');
    state.breaker?.open();
    const before = state.breaker;
    state.updateSettings({ breaker: false, pacing: false, concurrency: false });
    expect(state.breaker).toBeUndefined();
    expect(() => before?.open()).toThrow("circuit breaker 'chat/eu' has been shut down");
    state.updateSettings({ breaker: SETTINGS, pacing: false, concurrency: false });
    expect(state.breaker?.state).toBe('closed');
  });

  it('keeps its state when its settings change', () => {
    const { state } = stateOf('eu');
    const before = state.breaker;
    before?.open();
    state.updateSettings({ breaker: resolveBreakerSettings({ openMs: 5_000 }), pacing: false, concurrency: false });
    expect(state.breaker).toBe(before);
    expect(state.breaker?.state).toBe('open');
  });
});

describe('a key state', () => {
  it('may be forgotten once it was unused for long enough', () => {
    const { state } = stateOf('eu');
    state.touch(100);
    expect(state.isForgettable(100 + IDLE_MS - 1, IDLE_MS)).toBe(false);
    expect(state.isForgettable(100 + IDLE_MS, IDLE_MS)).toBe(true);
  });

  it('may not be forgotten before every call and attempt that entered has left', () => {
    const { state } = stateOf('eu');
    state.enter();
    state.enter();
    state.leave(0);
    expect(state.inUse).toBe(1);
    expect(state.isForgettable(IDLE_MS, IDLE_MS)).toBe(false);
    state.leave(10);
    expect(state.inUse).toBe(0);
    expect(state.isForgettable(IDLE_MS, IDLE_MS)).toBe(false);
    expect(state.isForgettable(IDLE_MS + 10, IDLE_MS)).toBe(true);
  });

  it('may not be forgotten while an attempt of the call of another key runs there', () => {
    const { state } = stateOf('eu');
    const call = liveCall();
    call.nextAttempt({ lane: state });
    expect(state.inUse).toBe(1);
    expect(state.isForgettable(IDLE_MS, IDLE_MS)).toBe(false);
  });

  it('may not be forgotten while its breaker is open, unlike half-open or forced open', async () => {
    const { state } = stateOf('eu');
    state.breaker?.open();
    expect(state.isForgettable(IDLE_MS, IDLE_MS)).toBe(false);
    await pass(1_000);
    expect(state.breaker?.state).toBe('half_open');
    expect(state.isForgettable(IDLE_MS, IDLE_MS)).toBe(true);
    const forced = stateOf('eu', resolveBreakerSettings({ mode: 'forced_open' })).state;
    expect(forced.isForgettable(IDLE_MS, IDLE_MS)).toBe(true);
  });
});

describe('the pacing of a key state', () => {
  const NOTHING = { inputTokens: 0, outputTokens: 0 };
  const pacing = resolvePacingSettings({ tokensPerMinute: 60_000, burstMs: 1_000, rampMs: 0 });
  const paced = () => {
    const { state } = stateOf('eu', false);
    state.updateSettings({ breaker: false, pacing, concurrency: false });
    if (state.pacer === undefined) throw new Error('the settings have rates');
    return { state, pacer: state.pacer };
  };

  it('may not be forgotten while an attempt waits for it, or while tokens are owed to it', () => {
    const { state, pacer } = paced();
    pacer.tryReserve({ inputTokens: 400_000, outputTokens: 0 }, 0);
    expect(state.isForgettable(IDLE_MS, IDLE_MS)).toBe(false);
    expect(state.isForgettable(2 * IDLE_MS, IDLE_MS)).toBe(true);
    pacer.enqueue(
      { inputTokens: 2_000, outputTokens: 0 },
      { untilMs: 1e9, granted: () => undefined, missed: () => undefined },
      0,
    );
    expect(state.isForgettable(2 * IDLE_MS, IDLE_MS)).toBe(false);
  });

  it('keeps what is left when the rates change, and is forgotten when it is switched off', () => {
    const { state, pacer } = paced();
    pacer.tryReserve({ inputTokens: 700, outputTokens: 0 }, 0);
    state.updateSettings({ breaker: false, pacing: { ...pacing, tokensPerMinute: 600_000 }, concurrency: false });
    expect(state.pacer).toBe(pacer);
    expect(pacer.snapshot(0).tokens).toEqual({ available: 300, perMinute: 600_000 });
    state.updateSettings({ breaker: false, pacing: false, concurrency: false });
    expect(state.pacer).toBeUndefined();
  });

  it('stops while its quota is on hold', () => {
    const { state, pacer } = paced();
    state.quota.hold('rate_limited', 5_000, performance.now());
    expect(pacer.computeWaitMs(NOTHING, performance.now())).toBe(5_000);
  });
});

describe('getKeyState()', () => {
  it('returns the state that the attempt runs with, also after the attempt has moved', () => {
    const [eu, us] = [stateOf('eu').state, stateOf('us').state];
    const attempt = firstAttempt({ lane: eu });
    expect(getKeyState(attempt)).toBe(eu);
    attempt.moveTo(us);
    expect(getKeyState(attempt)).toBe(us);
  });

  it('throws for an attempt whose lane has no state', () => {
    expect(() => getKeyState(firstAttempt({ lane: countingLane() }))).toThrow(
      "an attempt of 'chat' runs in a lane without state",
    );
  });
});
