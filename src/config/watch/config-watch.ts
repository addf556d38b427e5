import { resolve } from 'node:path';
import { type ConfigurationError, ResilienceClosedError } from '../../errors/index.js';
import { monotonicMs, startTimer, stopTimer, type Timer } from '../../runtime/index.js';
import type { ConfigInput } from '../document.js';
import { Directories } from './directories.js';
import { type WatchRules, warn } from './options.js';
import { type Sight, Sights } from './sight.js';
import { Trouble } from './trouble.js';
import { waysTo } from './ways.js';

/**
 * A file that is always being changed is read all the same, after this many times the time in which it should settle.
 */
const SETTLED_AFTER = 20;
/** What is broken is told after this many times that time: until then, somebody may be at work on it. */
const BROKEN_AFTER = 20;

/** What is handed on: a config, or a function that throws what is wrong with the file. */
export type Change = ConfigInput | (() => ConfigInput);

/** Watches one file, and hands on what stands in it whenever that has become another config. */
export class ConfigWatch {
  readonly #path: string;
  readonly #rules: WatchRules;
  readonly #apply: (change: Change) => void;
  readonly #sights: Sights;
  readonly #directories: Directories = new Directories(() => this.#stirred());
  readonly #trouble: Trouble;
  /** The text that is in force. */
  #inForce: string | undefined;
  /** The text that has been refused, and told of. */
  #refused: string | undefined;
  #timer: Timer | undefined;
  /** When the changes began that have not settled yet. */
  #stirredSinceMs: number | undefined;
  #isLooking = false;
  #isClosed = false;

  /** @throws {ConfigurationError} when the name of the file does not say how it is written. */
  constructor(path: string, rules: WatchRules, apply: (change: Change) => void) {
    // The process may go elsewhere.
    this.#path = resolve(path);
    this.#rules = rules;
    this.#apply = apply;
    this.#sights = new Sights(path, this.#path, rules.catalog);
    this.#trouble = new Trouble(BROKEN_AFTER * rules.settleMs);
  }

  /**
   * Hands on what stands there now, and watches from then on.
   *
   * @throws what is wrong with it; then nothing is watched.
   */
  start(): void {
    const sight = this.#sights.now();
    if ('error' in sight) throw sight.error;
    this.#apply(sight.document);
    this.#inForce = sight.text;
    // What has changed since is found by the first look.
    void this.#look(true);
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer();
    this.#directories.close();
  }

  /** Something has changed: waits until it is over. */
  #stirred(): void {
    if (this.#isClosed) return;
    const nowMs = monotonicMs();
    this.#stirredSinceMs ??= nowMs;
    const latestMs = this.#stirredSinceMs + SETTLED_AFTER * this.#rules.settleMs;
    this.#lookIn(Math.max(0, Math.min(this.#rules.settleMs, latestMs - nowMs)));
  }

  #lookIn(ms: number): void {
    this.#stopTimer();
    this.#timer = startTimer(ms, () => {
      this.#timer = undefined;
      // Who is told of a change while looking may have looked too early.
      if (this.#isLooking) this.#lookIn(this.#rules.settleMs);
      else void this.#look(this.#stirredSinceMs !== undefined);
    });
  }

  /** Looks, and sees to it that there is a next time. Never rejects. */
  async #look(anew: boolean): Promise<void> {
    this.#isLooking = true;
    this.#stirredSinceMs = undefined;
    try {
      // First the directories, then the file: what changes in between is told.
      const ways = await waysTo(this.#path);
      if (this.#isClosed) return;
      this.#directories.follow(ways, anew);
      const sight = await this.#sights.next();
      if (this.#isClosed) return;
      this.#take(sight);
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#isLooking = false;
    }
    if (this.#isClosed || this.#timer !== undefined) return;
    const nextMs = this.#trouble.mayPass ? this.#rules.settleMs : this.#rules.pollMs;
    if (nextMs !== false) this.#lookIn(nextMs);
  }

  #take(sight: Sight): void {
    if ('error' in sight) {
      const { error } = sight;
      if (this.#trouble.goesOn(error.message)) this.#handOn(() => refuse(error));
      return;
    }
    this.#trouble.over();
    const { text, document } = sight;
    if (text === this.#inForce) this.#refused = undefined;
    if (text === this.#inForce || text === this.#refused) return;
    const isTaken = this.#handOn(document);
    if (isTaken) this.#inForce = text;
    this.#refused = isTaken ? undefined : text;
  }

  /** Gives whether it was taken. */
  #handOn(change: Change): boolean {
    try {
      this.#apply(change);
      return true;
    } catch (error) {
      this.#tell(error);
      // Nobody is left to be told of a change.
      if (ResilienceClosedError.is(error)) this.close();
      return false;
    }
  }

  /** Hooks cannot break anything: one that fails is told of as if there were none. */
  #tell(error: unknown): void {
    try {
      const outcome: unknown = this.#rules.onError(error);
      Promise.resolve(outcome).catch(warn);
    } catch (thrown) {
      warn(thrown);
    }
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) stopTimer(this.#timer);
    this.#timer = undefined;
  }
}

function refuse(error: ConfigurationError): never {
  throw error;
}
