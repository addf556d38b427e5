import { resolve } from 'node:path';
import { ConfigurationError, ResilienceClosedError } from '../../errors/index.js';
import { isObject } from '../../input/index.js';
import {
  callHook,
  followAnswer,
  monotonicMs,
  startTimer,
  stopTimer,
  type Timer,
  warnOfHook,
} from '../../runtime/index.js';
import type { ConfigInput } from '../document.js';
import { readText, readTextSync, resolveFormat } from '../load/file.js';
import { type ConfigFormat, parseConfigText } from '../load/parse.js';
import type { Catalog } from '../presets/catalog.js';
import { type LoadReporter, UNKNOWN_PRESET } from '../usage.js';

/** After this many times `settleMs`, a file that keeps changing is used as it is, and a broken one is reported. */
const PATIENCE = 20;

/** A config to put in force, or a function that throws the reason why there is none. */
export type Change = ConfigInput | (() => ConfigInput);

/** Options with all defaults filled in. */
export interface ResolvedWatchOptions {
  readonly catalog: Catalog;
  readonly reporter: LoadReporter;
  readonly onError: (error: unknown) => unknown;
  readonly settleMs: number;
  readonly pollMs: number;
}

/** What a look at the file found. */
type FileState =
  | { readonly text: string; readonly document: ConfigInput; readonly readMs: number }
  | { readonly text: string | undefined; readonly error: ConfigurationError };

/**
 * Watches one file by polling. Each look follows the path anew and compares the text, so renames, symbolic links
 * and network file systems need no special care, unlike with notifications of the system.
 */
export class ConfigWatcher {
  readonly #source: string;
  readonly #path: string;
  readonly #format: ConfigFormat;
  readonly #options: ResolvedWatchOptions;
  readonly #apply: (change: Change) => unknown;
  #timer: Timer | undefined;
  #isClosed = false;
  /** The latest state, so that a text is parsed once. */
  #latest: FileState | undefined;
  /** The text in force. */
  #applied: string | undefined;
  /** The text that was refused, which is not tried again. */
  #refused: string | undefined;
  /** The message of the error that was reported. */
  #reported: string | undefined;
  /** The new text at the last look. */
  #candidate: string | undefined;
  #changingSinceMs: number | undefined;
  #brokenSinceMs: number | undefined;
  /** The preset in force, as far as the target reports it. */
  #preset = UNKNOWN_PRESET;

  /**
   * @param source the path as given, which names the file in error messages.
   * @throws {ConfigurationError} if the extension of the path is not known.
   */
  constructor(source: string, options: ResolvedWatchOptions, apply: (change: Change) => unknown) {
    this.#source = source;
    // The working directory of the process may change later.
    this.#path = resolve(source);
    this.#format = resolveFormat(source, source);
    this.#options = options;
    this.#apply = apply;
  }

  /**
   * Applies the current content and starts to watch.
   *
   * @throws if the content is not valid; then nothing is watched.
   */
  start(): void {
    this.#applied = this.#options.reporter.track(
      () => {
        const text = readTextSync(this.#path, this.#source);
        this.#put(this.#parse(text));
        return text;
      },
      () => this.#preset,
      this.#preset,
    );
    this.#lookIn(this.#options.pollMs);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== undefined) stopTimer(this.#timer);
  }

  #lookIn(ms: number): void {
    this.#timer = startTimer(ms, () => void this.#look());
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    let nextMs = this.#options.pollMs;
    try {
      const state = await this.#read();
      if (this.#isClosed) return;
      const isSettled = 'error' in state ? this.#handleError(state.error) : this.#handleText(state);
      if (!isSettled) nextMs = this.#options.settleMs;
    } catch (error) {
      this.#report(error);
    }
    if (!this.#isClosed) this.#lookIn(nextMs);
  }

  async #read(): Promise<FileState> {
    const startedAtMs = monotonicMs();
    let text: string | undefined;
    try {
      text = await readText(this.#path, this.#source);
      if (text !== this.#latest?.text) {
        const document = this.#parse(text);
        this.#latest = { text, document, readMs: monotonicMs() - startedAtMs };
      }
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      this.#latest = { text, error };
    }
    return this.#latest;
  }

  #parse(text: string): ConfigInput {
    return parseConfigText(text, this.#format, this.#source, this.#options.catalog);
  }

  /** Returns whether the file has been dealt with as it is. */
  #handleText({ text, document, readMs }: Extract<FileState, { document: ConfigInput }>): boolean {
    this.#reported = undefined;
    this.#brokenSinceMs = undefined;
    if (text === this.#applied) this.#refused = undefined;
    if (text !== this.#applied && text !== this.#refused) {
      this.#changingSinceMs ??= monotonicMs();
      if (text !== this.#candidate && !this.#isPatienceOver(this.#changingSinceMs)) {
        this.#candidate = text;
        return false;
      }
      const isApplied = this.#tryToApply(document, readMs);
      if (isApplied) this.#applied = text;
      this.#refused = isApplied ? undefined : text;
    }
    this.#candidate = undefined;
    this.#changingSinceMs = undefined;
    return true;
  }

  /** Returns whether the error has been reported. Each error is reported once, after it has persisted. */
  #handleError(error: ConfigurationError): boolean {
    this.#candidate = undefined;
    if (error.message !== this.#reported) {
      this.#brokenSinceMs ??= monotonicMs();
      if (!this.#isPatienceOver(this.#brokenSinceMs)) return false;
      this.#reported = error.message;
      const refuse = () => {
        throw error;
      };
      this.#tryToApply(refuse, 0);
    }
    this.#brokenSinceMs = undefined;
    this.#changingSinceMs = undefined;
    return true;
  }

  #isPatienceOver(sinceMs: number): boolean {
    return monotonicMs() - sinceMs >= PATIENCE * this.#options.settleMs;
  }

  #tryToApply(change: Change, readMs: number): boolean {
    const { reporter } = this.#options;
    const startedAtMs = monotonicMs();
    try {
      this.#put(change);
      reporter.loaded(this.#preset, readMs + monotonicMs() - startedAtMs);
      return true;
    } catch (error) {
      this.#report(error);
      // There is nothing left to configure.
      if (ResilienceClosedError.is(error)) this.close();
      else reporter.failed(this.#preset, error);
      return false;
    }
  }

  /** Hands a change to the target, which may be asynchronous; its rejection is reported. */
  #put(change: Change): void {
    const answer = this.#apply(change);
    if (!followAnswer(answer, (error) => this.#report(error))) this.#preset = findPreset(answer) ?? this.#preset;
  }

  /** Hooks cannot break anything: an error that this one throws becomes a warning. */
  #report(error: unknown): void {
    callHook(this.#options.onError, [error], emitWarning);
  }
}

/** Emits a process warning. */
export function emitWarning(error: unknown): void {
  try {
    process.emitWarning(error instanceof Error ? error : String(error));
  } catch {
    warnOfHook('onError of watchConfig()', error);
  }
}

/** The preset after a change, as `configure()` of a `Resilience` returns it. */
function findPreset(answer: unknown): string | undefined {
  if (!isObject(answer) || !('preset' in answer) || !isObject(answer.preset) || !('to' in answer.preset))
    return undefined;
  return typeof answer.preset.to === 'string' ? answer.preset.to : undefined;
}
