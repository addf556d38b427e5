import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type { ConfigChanged, ConfigRefused } from '../../../src/config/events.js';
import type { Emitter } from '../../../src/runtime/index.js';
import { type ConfigEventSource, watchUsage } from '../../../src/telemetry/config-events.js';
import { UsageMonitor } from '../../../src/telemetry/config-usage.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { CHANGE, createSource, NO_CHANGE, type OtherEvent } from './config-events.js';
import { START } from './usage-setup.js';

function startWatch() {
  const source = createSource();
  const monitor = new UsageMonitor({ minimumSamples: 2 });
  const watch = watchUsage(source.resilience, { monitor });
  const recorded = (): unknown[] => JSON.parse(monitor.export('json')).events;
  return { ...source, monitor, watch, recorded };
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('watchUsage', () => {
  it('records an applied change as a change and a validation that passed', () => {
    const { change, monitor, recorded } = startWatch();
    change(CHANGE);
    const details = { layer: 'runtime', reason: 'too many timeouts', settings: 2 };
    const common = { preset: 'simple', operation: 'configure', userContext: 'alice' };
    expect(recorded()).toMatchObject([
      { ...common, type: 'validation_event', value: 1, details: { ...details, errorCount: 0 } },
      { ...common, type: 'config_change', details: { ...details, from: 'simple', to: 'simple' } },
    ]);
    expect(monitor.usageStatistics()).toMatchObject({ changesPerHour: 1 / 24, validations: 1, presetUsageCount: {} });
  });

  it('records a switch of the preset as a use of it, custom if the change has settings of its own', () => {
    const { change, monitor } = startWatch();
    const preset = { from: 'simple', to: 'production' };
    change({ ...NO_CHANGE, preset });
    expect(monitor.usageStatistics()).toMatchObject({ presetUsageCount: { production: 1 }, customConfigUsageRate: 0 });
    change({ ...CHANGE, preset });
    expect(monitor.usageStatistics()).toMatchObject({
      presetUsageCount: { production: 2 },
      customConfigUsageRate: 0.5,
    });
  });

  it('records a file that was written again without differences as valid, and not as a change', () => {
    const { change, monitor } = startWatch();
    change({ ...NO_CHANGE, layer: 'file' });
    expect(monitor.usageStatistics()).toMatchObject({ changesPerHour: 0, validations: 1 });
  });

  it('records a refusal as a validation of the preset in force that failed', () => {
    const { change, refuse, monitor, recorded } = startWatch();
    refuse();
    change({ ...NO_CHANGE, preset: { from: 'simple', to: 'production' } });
    change({ ...NO_CHANGE, applied: false, preset: { from: 'production', to: 'development' } });
    refuse();
    const errors = 'change.preset must be a known preset; change.strategy must be a known strategy';
    const refused = { type: 'validation_event', value: 0, operation: 'reload', details: { layer: 'file', errors } };
    const all = recorded();
    expect(all[0]).toMatchObject({ ...refused, preset: 'unknown' });
    expect(all.at(-1)).toMatchObject({ ...refused, preset: 'production' });
    expect(monitor.activeAlerts()).toMatchObject([{ rule: 'validation_failures', actualValue: 2 / 3 }]);
  });

  it('raises the alert change_frequency when changes come too often', () => {
    const { change, monitor } = startWatch();
    for (let count = 0; count < 11; count++) change(CHANGE);
    expect(monitor.activeAlerts()).toMatchObject([{ rule: 'change_frequency', actualValue: 11 }]);
  });

  it('records nothing for a dry run', () => {
    const { change, monitor } = startWatch();
    change({ ...CHANGE, applied: false, preset: { from: 'simple', to: 'production' } });
    expect(monitor.size).toBe(0);
  });

  it('unsubscribes when it is closed, and may be closed twice', () => {
    const { change, refuse, resilience, monitor, watch } = startWatch();
    watch.close();
    watch.close();
    change(CHANGE);
    refuse();
    expect(monitor.size).toBe(0);
    expect([resilience.wants('config.changed'), resilience.wants('config.refused')]).toEqual([false, false]);
  });

  it('passes the errors of a monitor on to the emitter, and goes on', async () => {
    const { resilience, change, refuse, errors } = createSource();
    const recordValidation = () => {
      throw new Error('full');
    };
    watchUsage(resilience, { monitor: { recordValidation, recordUsage: vi.fn(), recordChange: vi.fn() } });
    change(CHANGE);
    refuse();
    await vi.advanceTimersByTimeAsync(0);
    expect(errors).toEqual([new Error('full'), new Error('full')]);
  });

  it('accepts any source of config events, whatever else it emits', () => {
    expectTypeOf<Emitter<ConfigChanged | ConfigRefused | OtherEvent>>().toExtend<ConfigEventSource>();
    expectTypeOf<Emitter<ConfigChanged | OtherEvent>>().not.toExtend<ConfigEventSource>();
  });

  const { resilience } = createSource();
  const monitor = new UsageMonitor();
  it.each([
    { given: [{}, { monitor }], path: 'resilience' },
    { given: [null, { monitor }], path: 'resilience' },
    { given: [resilience], path: 'options' },
    { given: [resilience, {}], path: 'options.monitor' },
    { given: [resilience, { monitor: {} }], path: 'options.monitor' },
    { given: [resilience, { monitor: null }], path: 'options.monitor' },
    { given: [resilience, { monitor, monitors: 5 }], path: 'options.monitors' },
  ])('refuses $path of $given', ({ given, path }) => {
    expect(issuesOf(() => Reflect.apply(watchUsage, undefined, given))).toMatchObject([{ path }]);
    expect(resilience.wants('config.changed')).toBe(false);
  });
});
