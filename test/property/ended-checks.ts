import assert from 'node:assert/strict';
import type { EventType, HoldfastEvent, KeySnapshot, OperationSnapshot, Stats } from 'holdfast';

/** What may be reported of a call after its end. */
const LATE: ReadonlySet<EventType> = new Set(['attempt.abandoned', 'fallback.used', 'fallback.failed', 'hook.failed']);
/** What is reported of a call that got its value or its error from another one. */
const OF_SHARED: ReadonlySet<EventType> = new Set(['cache.hit', 'fallback.used', 'fallback.failed']);

/** The events of every call, by its id. */
export class EventsOfCalls {
  readonly types = new Set<EventType>();
  readonly #byCall = new Map<string, HoldfastEvent[]>();

  add(event: HoldfastEvent): void {
    this.types.add(event.type);
    const { callId } = event;
    if (callId === undefined) return;
    const known = this.#byCall.get(callId);
    if (known === undefined) this.#byCall.set(callId, [event]);
    else known.push(event);
  }

  /** The events of each call that was started. */
  get started(): readonly (readonly HoldfastEvent[])[] {
    return [...this.#byCall.values()].filter((events) => events.some(({ type }) => type === 'call.started'));
  }

  /** Every call has one beginning and one end, unless it got what another one has. */
  check(): void {
    for (const [callId, events] of this.#byCall) {
      const types = events.map(({ type }) => type);
      const told = `${callId}: ${types.join(', ')}`;
      if (types.every((type) => OF_SHARED.has(type))) continue;
      assert.equal(types[0], 'call.started', told);
      assert.equal(types.filter((type) => type === 'call.started').length, 1, told);
      const end = types.findIndex(isEnd);
      assert(end > 0 && types.findLastIndex(isEnd) === end, `not one end of ${told}`);
      assert(
        types.slice(end + 1).every((type) => LATE.has(type) || OF_SHARED.has(type)),
        `after its end, ${told}`,
      );
    }
  }
}

function isEnd(type: EventType): boolean {
  return type === 'call.succeeded' || type === 'call.failed';
}

/** Checks that numbers agree with each other, after the last call has ended. */
export function checkStats(stats: Stats): void {
  const { breaker, quota, capacity, target } = stats.rejections;
  const failures = Object.values(stats.failuresByKind).reduce((sum, count) => sum + (count ?? 0), 0);
  assert.equal(stats.successes + stats.failures, stats.calls);
  assert.equal(failures + breaker + quota + capacity + target, stats.failures);
  assert(stats.retries + stats.hedges <= stats.attempts, 'more retries and hedges than attempts');
}

/**
 * Checks that the numbers of the keys are those of the operation. A call that ended before it got to a target is counted by
 * no key.
 */
export function checkSums({ stats, keys }: OperationSnapshot, mayMissTargets: boolean): void {
  const sum = (read: (of: Stats) => number) => keys.reduce((total, key) => total + read(key.stats), 0);
  for (const name of ['successes', 'attempts', 'retries', 'hedges'] as const) {
    assert.equal(
      sum((of) => of[name]),
      stats[name],
      name,
    );
  }
  const failures = sum((of) => of.failures);
  if (mayMissTargets) assert(failures <= stats.failures);
  else assert.equal(failures, stats.failures);
}

/** Checks that no attempt is left in a key, and that each was settled. */
export function checkKey(state: KeySnapshot): void {
  assert.equal(state.inFlight, 0);
  checkStats(state.stats);
  if (state.breaker !== null) {
    const { admitted, successes, failures, ignored } = state.breaker.counts;
    assert.equal(successes + failures + ignored, admitted, 'an admission has not been settled');
  }
  if (state.pacing !== null) assert.equal(state.pacing.waiting, 0, 'an attempt waits for its turn');
  if (state.concurrency !== null) {
    const { inUse, abandoned, waiting } = state.concurrency;
    assert.equal(waiting, 0, 'an attempt waits for a permit');
    assert.equal(inUse, abandoned, 'an attempt holds a permit that has neither ended nor been given up');
  }
  if (state.hedge !== null) assert(state.hedge.won <= state.hedge.sent);
}
