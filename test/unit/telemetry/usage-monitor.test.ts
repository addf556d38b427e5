import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SlidingWindow } from '../../../src/telemetry/alerts.js';
import { UsageMonitor } from '../../../src/telemetry/config-usage.js';
import { RingBuffer } from '../../../src/telemetry/ring-buffer.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { clock, createMonitor, HOUR, MINUTE, START, times } from './usage-setup.js';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a usage monitor', () => {
  it('keeps the latest maxEvents events', () => {
    const { monitor } = createMonitor({ maxEvents: 1_000 });
    times(2_500, (index) => monitor.recordUsage(`preset ${index}`));
    expect(monitor.size).toBe(1_000);
    const used = Object.keys(monitor.usageStatistics().presetUsageCount);
    expect(used).toHaveLength(1_000);
    expect([used[0], used.at(-1)]).toEqual(['preset 1500', 'preset 2499']);
  });

  it('records an event without reading the earlier ones, however many there are', () => {
    const { monitor } = createMonitor({ maxEvents: 100_000 });
    const reads = vi.spyOn(RingBuffer.prototype, 'latest');
    const slots = vi.spyOn(SlidingWindow.prototype, 'measure');
    const countSteps = (): number => {
      slots.mockClear();
      monitor.recordLoad('simple', 1);
      monitor.recordValidation('simple');
      return slots.mock.calls.length;
    };
    const atFirst = countSteps();
    times(5_000, () => monitor.recordLoad('simple', 1));
    expect(countSteps()).toBe(atFirst);
    expect(reads).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('keeps 10,000 events by default', () => {
    const { monitor } = createMonitor();
    times(10_001, () => monitor.recordUsage('simple'));
    expect(monitor.size).toBe(10_000);
  });

  it('keeps events for a day by default', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('simple');
    clock.ms += MINUTE;
    monitor.recordUsage('production');
    expect(monitor.usageStatistics().presetUsageCount).toEqual({ simple: 1, production: 1 });
    clock.ms = START + 24 * HOUR - 1;
    expect(monitor.size).toBe(2);
    clock.ms += 1;
    expect(monitor.size).toBe(1);
    expect(monitor.usageStatistics().presetUsageCount).toEqual({ production: 1 });
    clock.ms += MINUTE;
    expect(monitor.size).toBe(0);
  });

  it('does not reuse statistics of events that have expired since', () => {
    const { monitor } = createMonitor({ statsCacheMs: HOUR });
    monitor.recordUsage('simple');
    clock.ms = START + 24 * HOUR - 1;
    expect(monitor.usageStatistics().presetUsageCount).toEqual({ simple: 1 });
    clock.ms += 1;
    expect(monitor.usageStatistics().presetUsageCount).toEqual({});
  });

  it('drops old events and alerts with clearOld(), and returns how many events were dropped', () => {
    const { monitor } = createMonitor();
    times(3, () => monitor.recordUsage('simple'));
    monitor.recordLoad('simple', 500);
    clock.ms += 2 * HOUR;
    monitor.recordUsage('production');
    expect(monitor.clearOld()).toBe(0);
    expect(monitor.clearOld(HOUR)).toBe(4);
    expect(monitor.activeAlerts()).toEqual([]);
    expect(monitor.usageStatistics().presetUsageCount).toEqual({ production: 1 });
    expect(monitor.clearOld(0)).toBe(1);
  });

  it('has no timer, and reads the wall clock', () => {
    const monitor = new UsageMonitor();
    monitor.recordError('simple', 'no');
    vi.setSystemTime(START + MINUTE);
    monitor.recordLoad('simple', 1);
    expect(vi.getTimerCount()).toBe(0);
    expect(monitor.recentAlerts()).toMatchObject([{ at: START, clearedAt: START + MINUTE }]);
  });

  it('is independent of other monitors', () => {
    const [one, other] = [createMonitor().monitor, createMonitor().monitor];
    one.recordUsage('simple');
    expect(other.size).toBe(0);
  });

  it('cuts the texts of details after 300 characters', () => {
    const { monitor } = createMonitor();
    monitor.recordError('simple', new Error('x'.repeat(10_000)), { sessionId: 's' });
    monitor.recordValidation('simple', ['a', 'b'], { sessionId: 's' });
    const details = monitor.session('s')?.events.map((event) => event.details);
    expect(details).toEqual([{ error: `${'x'.repeat(299)}…` }, { errorCount: 2, errors: 'a; b' }]);
  });

  it('records errors of any kind', () => {
    const { monitor } = createMonitor();
    const hostile = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new RangeError('no');
      },
    });
    const odd = Object.assign(new Error('x'), { message: 5 });
    for (const error of ['text', undefined, hostile, odd]) monitor.recordError('simple', error, { sessionId: 's' });
    expect(monitor.session('s')?.events.map(({ details }) => details['error'])).toEqual([
      'the string "text"',
      'undefined',
      'an error that cannot be read',
      'an object',
    ]);
  });
});

describe('track() of a usage monitor', () => {
  it('records how long a load took, and resolves to its value', async () => {
    const { monitor } = createMonitor();
    const load = async () => {
      vi.advanceTimersByTime(42);
      return 'loaded';
    };
    await expect(monitor.track('reload', 'simple', load, { sessionId: 's' })).resolves.toBe('loaded');
    await expect(monitor.track('start', 'simple', () => 7, { sessionId: 's' })).resolves.toBe(7);
    expect(monitor.session('s')?.events).toMatchObject([
      { type: 'config_load', operation: 'reload', value: 42 },
      { type: 'config_load', operation: 'start', value: 0 },
    ]);
  });

  it('records that a load failed, and rejects with its error', async () => {
    const { monitor } = createMonitor();
    const error = new Error('no such file');
    const load = () => Promise.reject(error);
    await expect(monitor.track('reload', 'simple', load, { sessionId: 's' })).rejects.toBe(error);
    expect(monitor.session('s')?.events).toMatchObject([
      { type: 'config_error', operation: 'reload', details: { error: 'no such file' } },
    ]);
  });

  it('rejects invalid names before it calls load', async () => {
    const { monitor } = createMonitor();
    const load = vi.fn();
    await expect(monitor.track('', '', load)).rejects.toMatchObject({ issues: { length: 2 } });
    await expect(Reflect.apply(monitor.track, monitor, ['reload', 'simple', 5])).rejects.toMatchObject({
      issues: [{ path: 'load' }],
    });
    expect(load).not.toHaveBeenCalled();
    expect(monitor.size).toBe(0);
  });

  it('measures time by the monotonic clock', async () => {
    const { monitor } = createMonitor();
    const load = () => {
      vi.advanceTimersByTime(30);
      vi.setSystemTime(START - HOUR);
    };
    await monitor.track('reload', 'simple', load);
    expect(monitor.loadPerformance().avgLoadTimeMs).toBe(30);
  });
});

describe('a usage monitor with invalid arguments', () => {
  it.each([
    { options: { maxEvents: 999 }, path: 'options.maxEvents' },
    { options: { maxEvents: 100_001 }, path: 'options.maxEvents' },
    { options: { retentionMs: HOUR - 1 }, path: 'options.retentionMs' },
    { options: { retentionMs: 168 * HOUR + 1 }, path: 'options.retentionMs' },
    { options: { statsCacheMs: -1 }, path: 'options.statsCacheMs' },
    { options: { minimumSamples: 0 }, path: 'options.minimumSamples' },
    { options: { thresholds: { errorRate: 5 } }, path: 'options.thresholds.errorRate' },
    { options: { thresholds: { loadMs: -1 } }, path: 'options.thresholds.loadMs' },
    { options: { thresholds: { changesPerHour: '10' } }, path: 'options.thresholds.changesPerHour' },
    { options: { thresholds: { validationFailureRate: 2 } }, path: 'options.thresholds.validationFailureRate' },
    { options: { thresholds: { errorrate: 0.1 } }, path: 'options.thresholds.errorrate' },
    { options: { thresholds: 5 }, path: 'options.thresholds' },
    { options: { onAlert: 5 }, path: 'options.onAlert' },
    { options: { maxEvent: 5 }, path: 'options.maxEvent' },
    { options: 5, path: 'options' },
  ])('refuses $path of $options', ({ options, path }) => {
    expect(issuesOf(() => Reflect.construct(UsageMonitor, [options]))).toMatchObject([{ path }]);
  });

  const { monitor } = createMonitor();
  it.each([
    { method: monitor.recordUsage, given: [''], path: 'preset' },
    { method: monitor.recordUsage, given: ['simple', 'own'], path: 'source' },
    { method: monitor.recordLoad, given: ['simple', Number.NaN], path: 'value' },
    { method: monitor.recordLoad, given: ['simple', -1], path: 'value' },
    { method: monitor.recordLoad, given: ['simple', 1, 5], path: 'options' },
    { method: monitor.recordLoad, given: ['simple', 1, { operation: 5 }], path: 'options.operation' },
    { method: monitor.recordLoad, given: ['simple', 1, { sessionId: '' }], path: 'options.sessionId' },
    { method: monitor.recordLoad, given: ['simple', 1, { userContext: {} }], path: 'options.userContext' },
    { method: monitor.recordLoad, given: ['simple', 1, { user: 'x' }], path: 'options.user' },
    { method: monitor.recordLoad, given: ['simple', 1, { details: [] }], path: 'options.details' },
    { method: monitor.recordLoad, given: ['simple', 1, { details: { a: {} } }], path: 'options.details.a' },
    { method: monitor.recordLoad, given: ['simple', 1, { details: { a: Infinity } }], path: 'options.details.a' },
    { method: monitor.recordLoad, given: ['simple', 1, { details: { '': 1 } }], path: 'options.details' },
    {
      method: monitor.recordLoad,
      given: ['simple', 1, { details: Object.fromEntries([...'elevenfields'].map((_, index) => [`f${index}`, 1])) }],
      path: 'options.details',
    },
    { method: monitor.recordChange, given: ['simple', 'a'], path: 'to' },
    { method: monitor.recordChange, given: ['simple', 1, 'b'], path: 'from' },
    { method: monitor.recordValidation, given: ['simple', 'bad'], path: 'errors' },
    { method: monitor.recordValidation, given: ['simple', [5]], path: 'errors' },
    { method: monitor.recordPerformance, given: ['simple'], path: 'value' },
    { method: monitor.usageStatistics, given: [0], path: 'windowMs' },
    { method: monitor.loadPerformance, given: [Infinity], path: 'windowMs' },
    { method: monitor.presetTrend, given: ['simple', 169], path: 'hours' },
    { method: monitor.presetTrend, given: [5], path: 'preset' },
    { method: monitor.session, given: [5], path: 'sessionId' },
    { method: monitor.activeAlerts, given: ['warn'], path: 'level' },
    { method: monitor.recentAlerts, given: [5], path: 'level' },
    { method: monitor.clearOld, given: [-1], path: 'olderThanMs' },
    { method: monitor.export, given: ['xml'], path: 'format' },
    { method: monitor.export, given: [], path: 'format' },
  ])('refuses $method.name with $given', ({ method, given, path }) => {
    expect(issuesOf(() => Reflect.apply(method, monitor, given))).toMatchObject([{ path }]);
    expect(monitor.size).toBe(0);
  });
});
