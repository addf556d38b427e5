import type { ConfigChanged, ConfigRefused } from '../config/events.js';
import { Check, readOnce } from '../input/index.js';
import { callHook, warnOfHook } from '../runtime/index.js';
import type { UsageMonitor } from './config-usage.js';

interface Emits<E extends { readonly type: string }> {
  /** Subscribes to one type of event, and returns a function that unsubscribes. */
  on(type: E['type'], listener: (event: E) => unknown): () => void;
}

/** Emits the changes of its configuration, as a `Resilience` does. */
// An intersection, since the compiler does not accept a generic method in place of an overloaded one.
export type ConfigEventSource = Emits<ConfigChanged> & Emits<ConfigRefused>;

/** The methods of a monitor that {@link watchUsage} calls. */
export type UsageRecorder = Pick<UsageMonitor, 'recordUsage' | 'recordChange' | 'recordValidation'>;

/** Options of {@link watchUsage}. */
export interface WatchUsageOptions {
  /** Counts each change, each switch of the preset, and each validation: applied changes pass, refused ones fail. */
  readonly monitor: UsageRecorder;
}

/** The subscription of {@link watchUsage}. */
export interface UsageWatch {
  /** Ends the subscription. Closing twice has no further effect. */
  close(): void;
}

const RECORDER = ['recordUsage', 'recordChange', 'recordValidation'];

/**
 * Counts the changes of a running configuration, and the refused ones, in a monitor. The preset in force at the start is
 * not counted: record it by `monitor.recordUsage()`. A monitor that throws is reported as the event `hook.failed`.
 *
 * @param resilience a `Resilience`, or another source of `config.changed` and `config.refused`.
 * @throws {ConfigurationError} listing everything that is wrong with the arguments.
 *
 * @example
 * ```ts
 * const monitor = new UsageMonitor();
 * const watch = watchUsage(resilience, { monitor });
 * watch.close(); // when it is no longer wanted
 * ```
 */
export function watchUsage(resilience: ConfigEventSource, options: WatchUsageOptions): UsageWatch {
  const { monitor } = checkWatch(resilience, options);
  let preset = 'unknown';
  const unsubscribe = [
    resilience.on('config.changed', ({ change }) => {
      if (!change.applied) return undefined;
      preset = change.preset.to;
      return callHooks(buildRecords(monitor, change));
    }),
    resilience.on('config.refused', ({ layer, actor, issues }) => {
      const options = { operation: findAction(layer), userContext: actor, details: { layer } };
      return callHooks([() => monitor.recordValidation(preset, formatIssues(issues), options)]);
    }),
  ];
  return {
    close() {
      for (const end of unsubscribe) callHook(end, [], (error) => warnOfHook('source of watchUsage()', error));
    },
  };
}

function buildRecords(monitor: UsageRecorder, change: ConfigChanged['change']): readonly (() => unknown)[] {
  const { layer, actor, reason = null, preset, changes } = change;
  const options = {
    operation: findAction(layer),
    userContext: actor,
    details: { layer, reason, settings: changes.length },
  };
  const isSwitched = preset.from !== preset.to;
  const source = changes.some(({ to }) => to?.layer === layer) ? 'custom' : 'preset';
  return [
    () => monitor.recordValidation(preset.to, [], options),
    () => isSwitched && monitor.recordUsage(preset.to, source, options),
    // A file that was rewritten without differences is not a change.
    () => (isSwitched || changes.length > 0) && monitor.recordChange(preset.to, preset.from, preset.to, options),
  ];
}

/** Calls hooks in order. Rejects with what one throws or rejects with, which the emitter reports as `hook.failed`. */
export function callHooks(hooks: readonly (() => unknown)[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const hook of hooks) callHook(hook, [], reject);
  });
}

function checkWatch(resilience: unknown, input: WatchUsageOptions): WatchUsageOptions {
  const options = readOnce('options', input);
  const check = new Check();
  if (!hasMethods(resilience, ['on'])) check.addIssue('resilience', 'must have a method on()', resilience);
  if (check.fields('options', options, ['monitor']) !== undefined && !hasMethods(options.monitor, RECORDER)) {
    check.addIssue('options.monitor', 'must be a UsageMonitor', options.monitor);
  }
  check.throwIfInvalid();
  return options;
}

/** Returns the name of the action that changed a layer. */
export function findAction(layer: ConfigRefused['layer']): string {
  return layer === 'file' ? 'reload' : 'configure';
}

/** Formats the issues of a refused change, one text each. */
export function formatIssues(issues: ConfigRefused['issues']): readonly string[] {
  return issues.map(({ path, message }) => `${path} ${message}`);
}

/** Returns true if all of these methods can be called. */
export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}
