import { Check, readOnce } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { isPath } from '../load/file.js';
import { createCatalog, type OwnPresets } from '../presets/catalog.js';
import { isLoadRecorder, type LoadRecorder, LoadReporter } from '../usage.js';
import { type Change, ConfigWatcher, emitWarning, type ResolvedWatchOptions } from './watcher.js';

/** Takes a config at run time, as a `Resilience` does. */
export interface Configurable {
  /**
   * Calls a change that is a function, and treats an error that it throws like a refused change.
   *
   * @throws {ConfigurationError} if the change is refused; then nothing has changed.
   */
  readonly configure: (change: ConfigInput | (() => ConfigInput), options: WatchedChange) => unknown;
}

/** Describes a change that comes from a watched file. */
export interface WatchedChange {
  /** The new config replaces everything that the file set before. */
  readonly layer: 'file';
  readonly actor: 'watchConfig';
  /** The path of the file. */
  readonly reason: string;
}

/** How to watch a file. Every part is optional. */
export interface WatchOptions extends OwnPresets {
  /**
   * Called once for each error: the file is broken, or its config is refused. The config in force stays. If this
   * function throws or rejects, its error becomes a process warning. Default: `process.emitWarning()`.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /**
   * How long a change must stay the same before it is put in force, in milliseconds, so that no half-written
   * file is used. A broken or missing file is reported after twenty times as long. Default 50.
   */
  readonly settleMs?: number | undefined;
  /** How often to look at the file, in milliseconds. Default 1,000. */
  readonly pollMs?: number | undefined;
  /** A `UsageMonitor`: records how long each load took, or that it failed. */
  readonly usage?: LoadRecorder | undefined;
}

/** A file that is being watched. */
export interface WatchedConfig {
  /** Stops watching and releases everything; the config in force stays. Idempotent. */
  close(): void;
}

const OPTIONS = ['onError', 'settleMs', 'pollMs', 'presets', 'strategies', 'usage'];
const DEFAULTS: Pick<ResolvedWatchOptions, 'onError' | 'settleMs' | 'pollMs'> = {
  onError: emitWarning,
  settleMs: 50,
  pollMs: 1_000,
};

/**
 * Puts the config of a file in force, and does so again whenever the file changes: saved by an editor, replaced by
 * another file, written in place, or updated by Kubernetes behind symbolic links. A file that is broken, missing or
 * refused changes nothing: `onError` is called once, `config.refused` is emitted, the config in force stays, and watching
 * goes on. Watching does not keep the process alive.
 *
 * @param resilience takes the config, as its layer `file`.
 * @param path of a `.json`, `.yaml` or `.yml` file, relative to the working directory.
 * @throws {ConfigurationError} if the file is broken or its config is refused at the start; then nothing is watched.
 *
 * @example
 * ```ts
 * const resilience = createResilience();
 * const watching = watchConfig(resilience, 'holdfast.yaml', { onError: (error) => console.warn(error) });
 * watching.close(); // when the service stops
 * ```
 */
export function watchConfig(resilience: Configurable, path: string, options: WatchOptions = {}): WatchedConfig {
  const resolved = parseArguments(resilience, path, options);
  const apply = (change: Change): unknown => {
    return resilience.configure(change, { layer: 'file', actor: 'watchConfig', reason: path });
  };
  const watcher = new ConfigWatcher(path, resolved, apply);
  watcher.start();
  return { close: () => watcher.close() };
}

function parseArguments(resilience: unknown, path: unknown, options: WatchOptions): ResolvedWatchOptions {
  const own = readOnce('options', options);
  const check = new Check();
  if (!isConfigurable(resilience)) check.addIssue('resilience', 'must have a method configure()', resilience);
  if (!isPath(path)) check.addIssue('path', 'must be the path of a file', path);
  const fields = check.fields('options', own, OPTIONS) ?? {};
  check.func('options.onError', fields['onError']);
  check.number('options.settleMs', fields['settleMs'], { min: 1, max: 60_000 });
  check.number('options.pollMs', fields['pollMs'], { min: 10, max: 86_400_000 });
  const { usage: recorder } = fields;
  if (recorder !== undefined && !isLoadRecorder(recorder)) {
    check.addIssue('options.usage', 'must be a UsageMonitor', recorder);
  }
  check.throwIfInvalid();
  const { onError, settleMs, pollMs, usage } = own;
  return {
    catalog: createCatalog(own),
    reporter: new LoadReporter(usage, 'reload', isPath(path) ? path : undefined),
    onError: onError ?? DEFAULTS.onError,
    settleMs: settleMs ?? DEFAULTS.settleMs,
    pollMs: pollMs ?? DEFAULTS.pollMs,
  };
}

function isConfigurable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'configure' in value && typeof value.configure === 'function';
}
