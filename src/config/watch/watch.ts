import { type Change, ConfigWatch } from './config-watch.js';
import { type Configurable, checkedWatch, type WatchOptions } from './options.js';

export type { Configurable, WatchedChange, WatchOptions } from './options.js';

/** A file that is being watched. */
export interface WatchedConfig {
  /** Stops watching, and leaves nothing behind; what is in force stays. May be called again. */
  close(): void;
}

/**
 * Puts the config of a file in force, and again whenever the file has become another one: saved by an editor, moved
 * there, written in place, or mounted anew by Kubernetes. A file that is broken, gone or refused changes nothing:
 * `onError` is told once, and the event `config.refused`; the config in force stays, and the file is watched until it is
 * right again. Watching does not keep the process alive.
 *
 * @param resilience takes the config, as its layer `file`.
 * @param path of a `.json`, `.yaml` or `.yml` file; from the working directory where it is relative.
 * @throws {ConfigurationError} when the file is broken or its config is refused at the start; then nothing is watched.
 */
export function watchConfig(resilience: Configurable, path: string, options: WatchOptions = {}): WatchedConfig {
  const rules = checkedWatch(resilience, path, options);
  const apply = (change: Change): void => {
    resilience.configure(change, { layer: 'file', actor: 'watchConfig', reason: path });
  };
  const watch = new ConfigWatch(path, rules, apply);
  watch.start();
  return { close: () => watch.close() };
}
