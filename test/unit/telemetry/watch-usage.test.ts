import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import type { ConfigChanged, ConfigRefused } from '../../../src/config/events.js';
import { Emitter } from '../../../src/runtime/index.js';
import { AuditTrail, type ConfigEventSource, UsageMonitor, watchUsage } from '../../../src/telemetry/usage/usage.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { START } from './usage-recorder.js';

type Other = { readonly type: 'call.started'; readonly at: number };
type Change = ConfigChanged['change'];

const CHANGE: Change = {
  applied: true,
  at: 0,
  layer: 'runtime',
  actor: 'alice',
  reason: 'too many timeouts',
  preset: { from: 'simple', to: 'simple' },
  changes: [
    {
      operation: 'chat',
      path: 'retry.maxAttempts',
      from: { value: 3, layer: 'preset', name: 'simple' },
      to: { value: 5, layer: 'runtime' },
    },
    { operation: undefined, path: 'deadlineMs', from: { value: 120_000, layer: 'library' }, to: undefined },
  ],
};
const NOTHING: Change = { ...CHANGE, changes: [] };

/** Something that tells events as the facade does, and the troubles of those who listen. */
function told() {
  const troubles: unknown[] = [];
  const events = new Emitter<ConfigChanged | ConfigRefused | Other>((error) => troubles.push(error));
  return {
    events,
    troubles,
    change: (change: Change) =>
      events.emit({ type: 'config.changed', operation: undefined, key: undefined, at: START, change }),
    refuse: (refusal: Partial<ConfigRefused> = {}) =>
      events.emit({
        type: 'config.refused',
        operation: undefined,
        key: undefined,
        at: START,
        layer: 'file',
        issues: [
          { path: 'change.preset', message: 'must be a known preset', received: '5' },
          { path: 'change.strategy', message: 'must be a known strategy', received: '6' },
        ],
        ...refusal,
      }),
  };
}

function watched() {
  const source = told();
  const [audit, monitor] = [new AuditTrail(), new UsageMonitor({ minimumSamples: 2 })];
  const watch = watchUsage(source.events, { audit, monitor });
  const recorded = (): unknown[] => JSON.parse(monitor.export('json')).events;
  return { ...source, audit, monitor, watch, recorded };
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('watching, the audit trail', () => {
  it('gets who changed which setting, why, from what to what, and where both come from', () => {
    const { change, audit } = watched();
    change(CHANGE);
    const by = { at: START, actor: 'alice', action: 'configure', layer: 'runtime', reason: 'too many timeouts' };
    expect(audit.query().toReversed()).toEqual([
      {
        ...by,
        number: 1,
        path: 'operations.chat.retry.maxAttempts',
        from: { value: 3, layer: 'preset', name: 'simple' },
        to: { value: 5, layer: 'runtime' },
      },
      { ...by, number: 2, path: 'defaults.deadlineMs', from: { value: 120_000, layer: 'library' }, to: undefined },
    ]);
  });

  it('gets a switch of the preset', () => {
    const { change, audit } = watched();
    change({ ...NOTHING, layer: 'file', preset: { from: 'simple', to: 'production' } });
    expect(audit.query()).toMatchObject([{ action: 'reload', path: 'preset', from: 'simple', to: 'production' }]);
  });

  it('gets one entry for a refusal, however much was wrong', () => {
    const { refuse, audit } = watched();
    refuse({ actor: 'bob' });
    const reason = 'change.preset must be a known preset; change.strategy must be a known strategy';
    expect(audit.query()).toMatchObject([{ actor: 'bob', action: 'refuse', path: 'config', layer: 'file', reason }]);
    const issues = Array.from({ length: 5_000 }, () => ({ path: 'a\nb'.repeat(99), message: 'no', received: '' }));
    refuse({ issues });
    expect(audit.query({ limit: 1 })[0]?.reason).toHaveLength(1_000);
    expect(audit.size).toBe(2);
  });

  it('calls those unknown who do not say who they are, and needs no reason', () => {
    const { change, refuse, audit, troubles } = watched();
    const { actor: _, reason: __, ...anonymous } = CHANGE;
    change(anonymous);
    change({ ...CHANGE, reason: '' });
    refuse({ issues: [] });
    const by = audit.query().map(({ actor, reason }) => [actor, reason]);
    expect(by.toReversed()).toEqual([
      ['unknown', undefined],
      ['unknown', undefined],
      ['alice', undefined],
      ['alice', undefined],
      ['unknown', undefined],
    ]);
    expect(troubles).toEqual([]);
  });

  it('takes names of operations of any length', () => {
    const { change, audit, troubles } = watched();
    const operation = 'o'.repeat(256);
    change({ ...CHANGE, changes: [{ operation, path: 'deadlineMs', from: undefined, to: undefined }] });
    expect(troubles).toEqual([]);
    expect(audit.query({ path: `operations.${operation}` })).toHaveLength(1);
  });

  it('may be a table of one’s own, whose troubles are those of a listener', async () => {
    const { events, change, refuse, troubles } = told();
    const record = vi.fn(() => Promise.reject(new Error('no connection')));
    watchUsage(events, { audit: { record } });
    change(CHANGE);
    refuse();
    await vi.advanceTimersByTimeAsync(0);
    expect(record).toHaveBeenCalledTimes(3);
    expect(troubles).toEqual([new Error('no connection'), new Error('no connection')]);
  });
});

describe('watching, the monitor', () => {
  it('counts a change and a validation that passed', () => {
    const { change, monitor, recorded } = watched();
    change(CHANGE);
    const details = { layer: 'runtime', reason: 'too many timeouts', settings: 2 };
    const about = { preset: 'simple', operation: 'configure', userContext: 'alice' };
    expect(recorded()).toMatchObject([
      { ...about, type: 'validation_event', value: 1, details: { ...details, errorCount: 0 } },
      { ...about, type: 'config_change', details: { ...details, from: 'simple', to: 'simple' } },
    ]);
    expect(monitor.usageStatistics()).toMatchObject({ changesPerHour: 1 / 24, validations: 1, presetUsageCount: {} });
  });

  it('counts a switch of the preset as its use, with settings of its own or without', () => {
    const { change, monitor } = watched();
    const preset = { from: 'simple', to: 'production' };
    change({ ...NOTHING, preset });
    expect(monitor.usageStatistics()).toMatchObject({ presetUsageCount: { production: 1 }, customConfigUsageRate: 0 });
    change({ ...CHANGE, preset });
    expect(monitor.usageStatistics()).toMatchObject({
      presetUsageCount: { production: 2 },
      customConfigUsageRate: 0.5,
    });
  });

  it('counts a file that was written again as it was as valid, and not as a change', () => {
    const { change, monitor, audit } = watched();
    change({ ...NOTHING, layer: 'file' });
    expect(monitor.usageStatistics()).toMatchObject({ changesPerHour: 0, validations: 1 });
    expect(audit.size).toBe(0);
  });

  it('counts a refusal as a validation that failed, of the preset in force', () => {
    const { change, refuse, monitor, recorded } = watched();
    refuse();
    change({ ...NOTHING, preset: { from: 'simple', to: 'production' } });
    change({ ...NOTHING, applied: false, preset: { from: 'production', to: 'development' } });
    refuse();
    const errors = 'change.preset must be a known preset; change.strategy must be a known strategy';
    const refused = { type: 'validation_event', value: 0, operation: 'reload', details: { layer: 'file', errors } };
    const all = recorded();
    expect(all[0]).toMatchObject({ ...refused, preset: 'unknown' });
    expect(all.at(-1)).toMatchObject({ ...refused, preset: 'production' });
    expect(monitor.activeAlerts()).toMatchObject([{ rule: 'validation_failures', actualValue: 2 / 3 }]);
  });

  it('raises the alert for changes that come too often', () => {
    const { change, monitor } = watched();
    for (let count = 0; count < 11; count++) change(CHANGE);
    expect(monitor.activeAlerts()).toMatchObject([{ rule: 'change_frequency', actualValue: 11 }]);
  });
});

describe('watching', () => {
  it('tells nothing of changes that were only tried', () => {
    const { change, audit, monitor } = watched();
    change({ ...CHANGE, applied: false, preset: { from: 'simple', to: 'production' } });
    expect([audit.size, monitor.size]).toEqual([0, 0]);
  });

  it('ends when it is closed, and may be closed twice', () => {
    const { change, refuse, events, audit, monitor, watch } = watched();
    watch.close();
    watch.close();
    change(CHANGE);
    refuse();
    expect([audit.size, monitor.size]).toEqual([0, 0]);
    expect([events.wants('config.changed'), events.wants('config.refused')]).toEqual([false, false]);
  });

  it('goes on for one when the other throws', () => {
    const { events, change, refuse, troubles } = told();
    const monitor = new UsageMonitor();
    const record = () => {
      throw new Error('full');
    };
    watchUsage(events, { monitor, audit: { record } });
    change(CHANGE);
    refuse();
    expect(troubles).toHaveLength(2);
    expect(monitor.usageStatistics()).toMatchObject({ validations: 2, validationFailureRate: 0.5 });
  });

  it('takes whatever tells of changes, among other things', () => {
    expectTypeOf<Emitter<ConfigChanged | ConfigRefused | Other>>().toExtend<ConfigEventSource>();
    expectTypeOf<Emitter<ConfigChanged | Other>>().not.toExtend<ConfigEventSource>();
  });

  const { events } = told();
  const audit = new AuditTrail();
  it.each([
    { given: [{}, { audit }], path: 'resilience' },
    { given: [null, { audit }], path: 'resilience' },
    { given: [events], path: 'options' },
    { given: [events, {}], path: 'options' },
    { given: [events, { audit: {} }], path: 'options.audit' },
    { given: [events, { audit: null }], path: 'options.audit' },
    { given: [events, { monitor: audit }], path: 'options.monitor' },
    { given: [events, { audit, monitors: 5 }], path: 'options.monitors' },
  ])('refuses $path of $given', ({ given, path }) => {
    expect(issuesOf(() => Reflect.apply(watchUsage, undefined, given))).toMatchObject([{ path }]);
    expect(events.wants('config.changed')).toBe(false);
  });
});
