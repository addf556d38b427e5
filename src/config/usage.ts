import { callHook, monotonicMs, roundMs, warnOfHook } from '../runtime/index.js';

/** What is recorded with a load. */
export interface LoadRecordOptions {
  /** What was done: `load`, `start` or `reload`. */
  readonly operation: string;
  /** `file`: its path. */
  readonly details?: Readonly<Record<string, string>>;
}

/** Counts how configurations are loaded and used, as a `UsageMonitor` does. Errors in it become process warnings. */
export interface LoadRecorder {
  readonly recordLoad: (preset: string, loadTimeMs: number, options: LoadRecordOptions) => unknown;
  readonly recordError: (preset: string, error: unknown, options: LoadRecordOptions) => unknown;
  readonly recordUsage: (preset: string, source: 'preset' | 'custom', options: LoadRecordOptions) => unknown;
}

const METHODS: readonly (keyof LoadRecorder)[] = ['recordLoad', 'recordError', 'recordUsage'];

/** The preset of a load that failed before its preset was known. */
export const UNKNOWN_PRESET = 'unknown';

/** Records loads in the user's monitor, if there is one. Never throws. */
export class LoadReporter {
  readonly #recorder: LoadRecorder | undefined;
  readonly #options: LoadRecordOptions;

  constructor(recorder: LoadRecorder | undefined, operation: string, file: string | undefined) {
    this.#recorder = recorder;
    this.#options = file === undefined ? { operation } : { operation, details: { file } };
  }

  /**
   * Runs a load, and records how long it took or that it failed.
   *
   * @param presetOf returns the preset of what was loaded.
   * @param preset to record a failure with.
   */
  track<T>(load: () => T, presetOf: (loaded: T) => string, preset: string): T {
    const startedAtMs = monotonicMs();
    try {
      const loaded = load();
      this.loaded(presetOf(loaded), monotonicMs() - startedAtMs);
      return loaded;
    } catch (error) {
      this.failed(preset, error);
      throw error;
    }
  }

  loaded(preset: string, loadTimeMs: number): void {
    this.#call((recorder) => recorder.recordLoad(preset, roundMs(loadTimeMs), this.#options));
  }

  failed(preset: string, error: unknown): void {
    this.#call((recorder) => recorder.recordError(preset, error, this.#options));
  }

  used(preset: string, source: 'preset' | 'custom'): void {
    this.#call((recorder) => recorder.recordUsage(preset, source, this.#options));
  }

  #call(record: (recorder: LoadRecorder) => unknown): void {
    const recorder = this.#recorder;
    if (recorder !== undefined) callHook(record, [recorder], (error) => warnOfHook('usage monitor', error));
  }
}

/** Returns true for a `UsageMonitor`, and for anything else with its methods. */
export function isLoadRecorder(value: unknown): value is LoadRecorder {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return METHODS.every((method) => typeof Reflect.get(value, method) === 'function');
  } catch {
    return false;
  }
}
