import type { ConfigChanged } from '../config/events.js';
import { Check, readOnce } from '../input/index.js';
import { type ConfigEventSource, findAction, formatIssues, hasMethods } from './config-events.js';
import type { UsageMonitor } from './config-usage.js';

/** What a monitor does for {@link watchUsage}. */
export type UsageRecorder = Pick<UsageMonitor, 'recordUsage' | 'recordChange' | 'recordValidation'>;

/** Options of {@link watchUsage}. */
export interface WatchUsageOptions {
  /** Counts each change, each switch of the preset, and each validation: applied changes pass, refused ones fail. */
  readonly monitor: UsageRecorder;
}

/** The subscription of {@link watchUsage}. */
export interface UsageWatch {
  /** Ends it. Closing twice has no further effect. */
  close(): void;
}

const RECORDER = ['recordUsage', 'recordChange', 'recordValidation'];

/**
 * Counts the changes of a running configuration, and the refused ones, in a monitor. The preset in force at the start is
 * not counted: record it by `monitor.recordUsage()`. A monitor that throws is reported as the event `hook.failed`.
 *
 * @param resilience a `Resilience`, or another source of `config.changed` and `config.refused`.
 * @throws {ConfigurationError} listing everything that is wrong with the arguments.
 */
export function watchUsage(resilience: ConfigEventSource, options: WatchUsageOptions): UsageWatch {
  const { monitor } = checkWatch(resilience, options);
  let preset = 'unknown';
  const unsubscribe = [
    resilience.on('config.changed', (event) => {
      if (!event.change.applied) return;
      preset = event.change.preset.to;
      recordChange(monitor, event);
    }),
    resilience.on('config.refused', ({ layer, actor, issues }) => {
      const details = { layer };
      const about = { operation: findAction(layer), userContext: actor, details };
      monitor.recordValidation(preset, formatIssues(issues), about);
    }),
  ];
  return {
    close() {
      for (const end of unsubscribe) end();
    },
  };
}

function recordChange(monitor: UsageRecorder, { change }: ConfigChanged): void {
  const { layer, actor, reason = null, preset, changes } = change;
  const options = {
    operation: findAction(layer),
    userContext: actor,
    details: { layer, reason, settings: changes.length },
  };
  monitor.recordValidation(preset.to, [], options);
  const isSwitched = preset.from !== preset.to;
  if (isSwitched) {
    const isCustom = changes.some(({ to }) => to?.layer === layer);
    monitor.recordUsage(preset.to, isCustom ? 'custom' : 'preset', options);
  }
  // A file that was written again without differences is not a change.
  if (isSwitched || changes.length > 0) monitor.recordChange(preset.to, preset.from, preset.to, options);
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
