import type { CallTarget } from '../pipeline/index.js';
import { CallCounter } from '../telemetry/index.js';
import { type KeySettings, KeyState, type KeyStateInit } from './key-state.js';

/** The state of a key that was unused for this long may be removed. */
export const KEY_IDLE_MS = 300_000;

/** States that are checked at a time: more than one, so that removals outnumber new states. */
const STATES_PER_LOOK = 2;

/** Calls between two checks while there are no new keys. */
const CALLS_BETWEEN_LOOKS = 32;

const UNPLACED: KeySettings = { breaker: false, pacing: false, concurrency: false };

/** What the state of a target consists of. */
export interface TargetState {
  readonly target: CallTarget;
  readonly settings: KeySettings;
  /** The state of the target, for one of its keys. */
  readonly breakerOf?: KeyState | undefined;
}

/**
 * The states of an operation's keys. Created on demand and removed when idle, without a timer: each new key, and every 32nd
 * call, checks the two states that were checked longest ago. So memory follows the number of keys in use.
 */
export class KeyStates {
  #init: Omit<KeyStateInit, 'key'>;
  readonly #byKey = new Map<string, KeyState>();
  #unkeyed: KeyState | undefined;
  /** Where calls without a key start that go to a target. It has no breaker and is not listed. */
  #beforeTargets: KeyState | undefined;
  /** The counts of calls that ended before they reached a target. */
  readonly #unplaced = new CallCounter();
  /** The counts of removed states. */
  readonly #forgotten = new CallCounter();
  #hand: Iterator<KeyState> | undefined;
  #calls = 0;

  constructor(init: Omit<KeyStateInit, 'key'>) {
    this.#init = init;
  }

  /** Replaces the settings of every key, but for targets with settings of their own: their next call brings those. */
  updateSettings(settings: KeySettings): void {
    const { settings: before } = this.#init;
    this.#init = { ...this.#init, settings };
    for (const state of this.all()) {
      if (state.target === undefined || state.has(before)) state.updateSettings(settings);
    }
  }

  /** Returns the state of a key, creating it if necessary. */
  of(key: string | undefined, nowMs: number): KeyState {
    if (key === undefined) {
      this.#unkeyed ??= this.make(undefined);
      return this.#unkeyed;
    }
    const known = this.#findUsed(key, nowMs);
    // A call with targets may have used it with settings of its own.
    known?.updateSettings(this.#init.settings);
    return known ?? this.#keep(key, this.make(key), nowMs);
  }

  /** Returns the state of a key as it is, whatever its settings, creating it if necessary. */
  ofHandle(key: string | undefined, nowMs: number): KeyState {
    return this.find(key) ?? this.of(key, nowMs);
  }

  /** Returns the state that a call with targets starts in, before it goes to one of them. */
  beforeTargets(key: string | undefined): KeyState {
    if (key !== undefined) return this.#makeUnplaced(key);
    this.#beforeTargets ??= this.#makeUnplaced(undefined);
    return this.#beforeTargets;
  }

  #makeUnplaced(key: string | undefined): KeyState {
    return new KeyState({ ...this.#init, key, settings: UNPLACED, counter: this.#unplaced });
  }

  /** Returns the state of a target or of one of its keys, creating it if necessary. Its settings are its own. */
  ofTarget(key: string, { target, settings, breakerOf }: TargetState, nowMs: number): KeyState {
    const known = this.#findUsed(key, nowMs);
    if (known === undefined) {
      return this.#keep(
        key,
        new KeyState({ ...this.#init, key, settings, target, ...(breakerOf && { breakerOf }) }),
        nowMs,
      );
    }
    // A call without targets or a breaker handle may have created it, or the state of its breaker may be another since.
    known.becomeTarget(target, breakerOf);
    known.updateSettings(settings);
    return known;
  }

  /** Creates a state that is not kept. */
  make(key: string | undefined): KeyState {
    return new KeyState({ ...this.#init, key });
  }

  #findUsed(key: string, nowMs: number): KeyState | undefined {
    const known = this.#byKey.get(key);
    this.#calls += 1;
    known?.touch(nowMs);
    if (known === undefined || this.#calls % CALLS_BETWEEN_LOOKS === 0) this.#forgetIdle(nowMs);
    return known;
  }

  #keep(key: string, state: KeyState, nowMs: number): KeyState {
    state.touch(nowMs);
    this.#byKey.set(key, state);
    return state;
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
    sum.add(this.#unplaced);
    for (const state of this.all()) sum.add(state.counter);
    return sum;
  }

  /** Resets all numbers. */
  resetCounters(): void {
    this.#forgotten.reset();
    this.#unplaced.reset();
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
        value.isForgotten = true;
        this.#forgotten.add(value.counter);
        value.breaker?.shutdown();
      }
    }
  }
}
