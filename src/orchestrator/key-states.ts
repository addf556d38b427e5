import { CallCounter } from '../telemetry/index.js';
import { type KeySettings, KeyState, type KeyStateInit } from './key-state.js';

/** The state of a key that was unused for this long may be removed. */
export const KEY_IDLE_MS = 300_000;

/** States that are checked at a time: more than one, so that removals outnumber new states. */
const STATES_PER_LOOK = 2;

/** Calls between two checks while there are no new keys. */
const CALLS_BETWEEN_LOOKS = 32;

/**
 * The states of an operation's keys. Created on demand and removed when idle, without a timer: each new key, and every 32nd
 * call, checks the two states that were checked longest ago. So memory follows the number of keys in use.
 */
export class KeyStates {
  #init: Omit<KeyStateInit, 'key'>;
  readonly #byKey = new Map<string, KeyState>();
  #unkeyed: KeyState | undefined;
  /** The counts of removed states. */
  readonly #forgotten = new CallCounter();
  #hand: Iterator<KeyState> | undefined;
  #calls = 0;

  constructor(init: Omit<KeyStateInit, 'key'>) {
    this.#init = init;
  }

  /** Replaces the settings of every key. */
  updateSettings(settings: KeySettings): void {
    this.#init = { ...this.#init, settings };
    for (const state of this.all()) state.updateSettings(settings);
  }

  /** Returns the state of a key, creating it if necessary. */
  of(key: string | undefined, nowMs: number): KeyState {
    if (key === undefined) {
      this.#unkeyed ??= this.make(undefined);
      return this.#unkeyed;
    }
    const known = this.#byKey.get(key);
    this.#calls += 1;
    known?.touch(nowMs);
    if (known === undefined || this.#calls % CALLS_BETWEEN_LOOKS === 0) this.#forgetIdle(nowMs);
    if (known !== undefined) return known;
    const state = this.make(key);
    state.touch(nowMs);
    this.#byKey.set(key, state);
    return state;
  }

  /** Creates a state that is not kept. */
  make(key: string | undefined): KeyState {
    return new KeyState({ ...this.#init, key });
  }

  /** Finds the state of a key; `undefined` if there is none. */
  find(key: string | undefined): KeyState | undefined {
    return key === undefined ? this.#unkeyed : this.#byKey.get(key);
  }

  /** Yields every state. */
  *all(): Generator<KeyState> {
    if (this.#unkeyed !== undefined) yield this.#unkeyed;
    yield* this.#byKey.values();
  }

  /** The numbers of all keys together, including removed ones. */
  counted(): CallCounter {
    const sum = new CallCounter();
    sum.add(this.#forgotten);
    for (const state of this.all()) sum.add(state.counter);
    return sum;
  }

  /** Resets all numbers. */
  resetCounters(): void {
    this.#forgotten.reset();
    for (const state of this.all()) state.resetNumbers();
  }

  #forgetIdle(nowMs: number): void {
    for (let looked = 0; looked < STATES_PER_LOOK; looked++) {
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
