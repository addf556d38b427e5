import { Check, readOnce } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { isPath } from '../load/file.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';

/** Takes a config at run time, as a `Resilience` does. */
export interface Configurable {
  /**
   * Given a function, it calls it, and refuses what that throws as if it were a change that does not fit.
   *
   * @throws {ConfigurationError} when the change does not fit, after which everything is as it was.
   */
  readonly configure: (change: ConfigInput | (() => ConfigInput), options: WatchedChange) => unknown;
}

/** Where a change comes from that a watched file asks for. */
export interface WatchedChange {
  /** What the file said before is replaced as a whole. */
  readonly layer: 'file';
  readonly actor: 'watchConfig';
  /** The path of the file. */
  readonly reason: string;
}

/** How to watch. Every part is optional. */
export interface WatchOptions extends OwnPresets {
  /**
   * Told what is wrong with the file, or what kept the change from being made, once for each; the config in force
   * stays. Default: a warning of the process, as `process.emitWarning()` gives it. One that throws or rejects is such a
   * warning, too.
   */
  readonly onError?: ((error: unknown) => unknown) | undefined;
  /**
   * How long the file must be left alone before it is read, in milliseconds. One that is broken or gone is looked at
   * again and again, and told of after twenty of these times. Default 50.
   */
  readonly settleMs?: number | undefined;
  /**
   * How often to look whether anything has changed of which the system did not tell, in milliseconds; `false`: never.
   * Default 5 000.
   */
  readonly pollMs?: number | false | undefined;
}

/** Options with nothing left open. */
export interface WatchRules {
  readonly catalog: Catalog;
  readonly onError: (error: unknown) => unknown;
  readonly settleMs: number;
  readonly pollMs: number | false;
}

const OPTIONS = ['onError', 'settleMs', 'pollMs', 'presets', 'strategies'];
const SETTLE = { min: 1, max: 60_000 };
const POLL = { min: 10, max: 86_400_000 };

/** @throws {ConfigurationError} naming everything that is wrong with the arguments. */
export function checkedWatch(target: Configurable, path: string, given: WatchOptions): WatchRules {
  const own = readOnce('options', given);
  const check = new Check();
  if (!isConfigurable(target)) check.addIssue('resilience', 'must have a method configure()', target);
  if (!isPath(path)) check.addIssue('path', 'must be the path of a file', path);
  const fields = check.fields('options', own, OPTIONS) ?? {};
  check.func('options.onError', fields['onError']);
  check.number('options.settleMs', fields['settleMs'], SETTLE);
  check.numberOrFalse('options.pollMs', fields['pollMs'], POLL);
  check.throwIfInvalid();
  return {
    catalog: createCatalog(own),
    onError: own.onError ?? warn,
    settleMs: own.settleMs ?? 50,
    pollMs: own.pollMs ?? 5_000,
  };
}

/** For those who tell us nothing of what they want to hear. */
export function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

function isConfigurable(target: unknown): boolean {
  return (
    typeof target === 'object' && target !== null && 'configure' in target && typeof target.configure === 'function'
  );
}
