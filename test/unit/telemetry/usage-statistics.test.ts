import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clock, createMonitor, HOUR, MINUTE, START, times } from './usage-setup.js';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('usage statistics', () => {
  it('are zero without events', () => {
    expect(createMonitor().monitor.usageStatistics()).toEqual({
      totalLoads: 0,
      presetUsageCount: {},
      errorRate: 0,
      avgLoadTimeMs: 0,
      mostUsedPreset: undefined,
      leastUsedPreset: undefined,
      customConfigUsageRate: 0,
      legacyConfigUsageRate: 0,
      changesPerHour: 0,
      validations: 0,
      validationFailureRate: 0,
    });
  });

  it('count uses, loads, errors, changes and validations', () => {
    const { monitor } = createMonitor();
    times(5, () => monitor.recordUsage('simple'));
    times(3, () => monitor.recordUsage('production', 'custom'));
    times(2, () => monitor.recordUsage('development', 'legacy'));
    times(3, (index) => monitor.recordLoad('simple', 10 * (index + 1)));
    monitor.recordError('simple', new Error('no such file'));
    times(12, () => monitor.recordChange('simple', 'a', 'b'));
    times(3, () => monitor.recordValidation('simple'));
    monitor.recordValidation('simple', ['too large']);
    monitor.recordPerformance('simple', 1_000);
    expect(monitor.usageStatistics()).toEqual({
      totalLoads: 4,
      presetUsageCount: { simple: 5, production: 3, development: 2 },
      errorRate: 0.25,
      avgLoadTimeMs: 20,
      mostUsedPreset: 'simple',
      leastUsedPreset: 'development',
      customConfigUsageRate: 0.3,
      legacyConfigUsageRate: 0.2,
      changesPerHour: 0.5,
      validations: 4,
      validationFailureRate: 0.25,
    });
  });

  it('cover the window that is asked for, whatever window was asked for before', () => {
    const { monitor } = createMonitor();
    times(4, () => monitor.recordUsage('simple'));
    clock.ms += 2 * HOUR;
    monitor.recordUsage('production');
    expect(monitor.usageStatistics().mostUsedPreset).toBe('simple');
    expect(monitor.usageStatistics(HOUR).presetUsageCount).toEqual({ production: 1 });
    expect(monitor.usageStatistics().presetUsageCount).toEqual({ simple: 4, production: 1 });
  });

  it('are reused for a minute unless something is recorded', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('simple');
    const first = monitor.usageStatistics();
    clock.ms += MINUTE - 1;
    expect(monitor.usageStatistics()).toBe(first);
    clock.ms += 1;
    expect(monitor.usageStatistics()).not.toBe(first);
    expect(monitor.usageStatistics()).toEqual(first);
    monitor.recordUsage('simple');
    expect(monitor.usageStatistics().presetUsageCount).toEqual({ simple: 2 });
  });

  it('are computed anew when the wall clock was put back', () => {
    const { monitor } = createMonitor();
    const first = monitor.usageStatistics();
    clock.ms -= 1;
    expect(monitor.usageStatistics()).not.toBe(first);
  });

  it('are frozen, so that readers cannot change what is reused', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('simple');
    times(100, (index) => monitor.usageStatistics(index + 1));
    const statistics = monitor.usageStatistics();
    expect(Reflect.set(statistics, 'totalLoads', 7)).toBe(false);
    expect(Reflect.set(statistics.presetUsageCount, 'simple', 7)).toBe(false);
  });

  it('accept any name of a preset, __proto__ included', () => {
    const { monitor } = createMonitor();
    for (const preset of ['__proto__', 'constructor', '__proto__']) monitor.recordUsage(preset);
    monitor.recordLoad('__proto__', 5);
    const { presetUsageCount, mostUsedPreset } = monitor.usageStatistics();
    expect(Object.entries(presetUsageCount)).toEqual([
      ['__proto__', 2],
      ['constructor', 1],
    ]);
    expect(mostUsedPreset).toBe('__proto__');
    expect(Object.keys(monitor.loadPerformance().presetPerformance)).toEqual(['__proto__']);
  });
});

describe('the trend of a preset', () => {
  it('has a point for every hour, hours without uses included', () => {
    const { monitor } = createMonitor();
    times(3, () => monitor.recordUsage('simple'));
    clock.ms += HOUR - 1;
    monitor.recordUsage('simple');
    monitor.recordUsage('production');
    clock.ms += 2 * HOUR;
    monitor.recordUsage('simple');
    monitor.recordLoad('simple', 5);
    expect(monitor.presetTrend('simple', 4)).toEqual([
      { at: START - HOUR, usageCount: 0 },
      { at: START, usageCount: 4 },
      { at: START + HOUR, usageCount: 0 },
      { at: START + 2 * HOUR, usageCount: 1 },
    ]);
    expect(monitor.presetTrend('simple')).toHaveLength(24);
    expect(monitor.presetTrend('unheard of', 1)).toEqual([{ at: START + 2 * HOUR, usageCount: 0 }]);
  });

  it('does not count uses before its first hour', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('simple');
    clock.ms += HOUR;
    expect(monitor.presetTrend('simple', 1)).toEqual([{ at: START + HOUR, usageCount: 0 }]);
  });
});

describe('the load performance', () => {
  it.each([
    { count: 1, p95: 1 },
    { count: 19, p95: 19 },
    { count: 20, p95: 20 },
    { count: 41, p95: 39 },
    { count: 60, p95: 58 },
    { count: 100, p95: 96 },
    { count: 1_000, p95: 951 },
  ])('of $count loads has its 95th percentile at $p95', ({ count, p95 }) => {
    const { monitor } = createMonitor();
    // In no order: 7 divides none of the counts.
    times(count, (index) => monitor.recordLoad('simple', ((index * 7) % count) + 1));
    expect(monitor.loadPerformance()).toMatchObject({ p95LoadTimeMs: p95, totalSamples: count });
  });

  it('covers all loads of the window, and those of each preset', () => {
    const { monitor } = createMonitor();
    monitor.recordLoad('old', 900);
    clock.ms += HOUR;
    for (const ms of [10, 30, 20]) monitor.recordLoad('simple', ms);
    monitor.recordLoad('production', 100);
    monitor.recordError('production', 'gone');
    monitor.recordPerformance('production', 7_000);
    expect(monitor.loadPerformance(HOUR)).toEqual({
      avgLoadTimeMs: 40,
      minLoadTimeMs: 10,
      maxLoadTimeMs: 100,
      p95LoadTimeMs: 100,
      errorCount: 1,
      totalSamples: 4,
      presetPerformance: {
        simple: { avgLoadTimeMs: 20, minLoadTimeMs: 10, maxLoadTimeMs: 30, sampleCount: 3 },
        production: { avgLoadTimeMs: 100, minLoadTimeMs: 100, maxLoadTimeMs: 100, sampleCount: 1 },
      },
    });
    expect(monitor.loadPerformance().maxLoadTimeMs).toBe(900);
  });

  it('is zero without events', () => {
    expect(createMonitor().monitor.loadPerformance()).toEqual({
      avgLoadTimeMs: 0,
      minLoadTimeMs: 0,
      maxLoadTimeMs: 0,
      p95LoadTimeMs: 0,
      errorCount: 0,
      totalSamples: 0,
      presetPerformance: {},
    });
  });
});

describe('session() of a usage monitor', () => {
  it('returns the events of the session, and no others', () => {
    const { monitor } = createMonitor();
    const about = { sessionId: 's1', userContext: 'alice' };
    monitor.recordUsage('simple', 'preset', about);
    monitor.recordUsage('simple', 'preset', { sessionId: 's2' });
    clock.ms += MINUTE;
    monitor.recordLoad('production', 12, { ...about, operation: 'reload', details: { file: 'a.json' } });
    const session = monitor.session('s1');
    expect(session).toMatchObject({
      sessionId: 's1',
      firstAt: START,
      lastAt: START + MINUTE,
      countByType: { preset_usage: 1, config_load: 1, config_error: 0 },
      presets: ['simple', 'production'],
    });
    expect(session?.events[1]).toEqual({
      at: START + MINUTE,
      type: 'config_load',
      preset: 'production',
      operation: 'reload',
      value: 12,
      ...about,
      details: { file: 'a.json' },
    });
    expect(Object.isFrozen(session?.events[1])).toBe(true);
    expect(monitor.session('s3')).toBeUndefined();
  });
});
