import { CallCounter } from '../telemetry/index.js';
import { KeyState, type KeyStateInit } from './lane.js';

/** A keyed lane that nobody used for this long is forgotten when somebody comes by. */
export const KEY_IDLE_MS = 300_000;

/** Lanes looked at at a time: more than one, so that the forgotten outnumber the new. */
const LOOKED_AT = 2;

/** Calls between two looks while no new key comes. */
const CALLS_BETWEEN = 32;

/**
 * The lanes of one operation. Made on demand and forgotten when idle, without a timer: each new key, and every now and
 * then a call, looks at the two that were looked at longest ago. So memory follows the keys in use, and an idle one
 * costs nothing.
 */
export class KeyStates {
  #init: Omit<KeyStateInit, 'key'>;
  readonly #byKey = new Map<string, KeyState>();
  #unkeyed: KeyState | undefined;
  /** What the forgotten lanes had counted. */
  readonly #forgotten = new CallCounter();
  #hand: Iterator<KeyState> | undefined;
  #calls = 0;

  constructor(init: Omit<KeyStateInit, 'key'>) {
    this.#init = init;
  }

  /** Goes by other rules from now on, in every lane. */
  updateSettings(breaker: KeyStateInit['breaker']): void {
    this.#init = { ...this.#init, breaker };
    for (const lane of this.all()) lane.updateSettings(breaker);
  }

  /** The lane of a key, made if need be. */
  of(key: string | undefined, nowMs: number): KeyState {
    if (key === undefined) {
      this.#unkeyed ??= this.make(undefined);
      return this.#unkeyed;
    }
    const known = this.#byKey.get(key);
    this.#calls += 1;
    known?.touch(nowMs);
    if (known === undefined || this.#calls % CALLS_BETWEEN === 0) this.#forgetIdle(nowMs);
    if (known !== undefined) return known;
    const lane = this.make(key);
    lane.touch(nowMs);
    this.#byKey.set(key, lane);
    return lane;
  }

  /** A lane as it is at first, known to nobody. */
  make(key: string | undefined): KeyState {
    return new KeyState({ ...this.#init, key });
  }

  /** The lane of a key if there is one; makes none. */
  find(key: string | undefined): KeyState | undefined {
    return key === undefined ? this.#unkeyed : this.#byKey.get(key);
  }

  /** Every lane there is. */
  *all(): Generator<KeyState> {
    if (this.#unkeyed !== undefined) yield this.#unkeyed;
    yield* this.#byKey.values();
  }

  /** The numbers of all lanes together, the forgotten ones among them. */
  counted(): CallCounter {
    const sum = new CallCounter();
    sum.add(this.#forgotten);
    for (const lane of this.all()) sum.add(lane.counter);
    return sum;
  }

  /** Starts counting anew. */
  resetCounters(): void {
    this.#forgotten.reset();
    for (const lane of this.all()) lane.counter.reset();
  }

  #forgetIdle(nowMs: number): void {
    for (let looked = 0; looked < LOOKED_AT; looked++) {
      this.#hand ??= this.#byKey.values();
      const { done, value } = this.#hand.next();
      if (done === true) {
        this.#hand = undefined;
        return;
      }
      if (value.key !== undefined && value.isForgettable(nowMs, KEY_IDLE_MS)) {
        this.#byKey.delete(value.key);
        this.#forgotten.add(value.counter);
        value.breaker?.shutdown();
      }
    }
  }
}
