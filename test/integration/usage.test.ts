import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResilience, type Resilience } from 'holdfast';
import { loadConfig, watchConfig } from 'holdfast/config';
import { UsageMonitor, type UsageMonitorOptions } from 'holdfast/telemetry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issuesIn, thrownBy } from '../support/calls.js';

let directory: string;
let file: string;
let alerts: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-usage-'));
  file = join(directory, 'holdfast.json');
  write({ defaults: { deadlineMs: 5_000 } });
  alerts = [];
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const write = (config: unknown) => writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));

function createMonitor(options: UsageMonitorOptions = {}): UsageMonitor {
  return new UsageMonitor({
    ...options,
    onAlert: ({ type, alert }) => alerts.push(`${type} ${alert.rule} of ${alert.preset}`),
  });
}

describe('a usage monitor that is given to createResilience()', () => {
  it('counts the start: the load, its time, and the use of the preset', () => {
    const usage = createMonitor({ thresholds: { loadMs: false } });
    createResilience({ preset: 'simple', usage });
    createResilience({ preset: 'production', config: { defaults: { deadlineMs: 1_000 } }, usage });
    expect(usage.usageStatistics()).toMatchObject({
      totalLoads: 2,
      errorRate: 0,
      presetUsageCount: { simple: 1, production: 1 },
      customConfigUsageRate: 0.5,
    });
    expect(usage.loadPerformance().maxLoadTimeMs).toBeGreaterThan(0);
  });

  it('raises config_error and error_rate when starts fail', () => {
    const usage = createMonitor({ minimumSamples: 2 });
    const config: object = { defaults: { deadlineMs: -1 } };
    for (let start = 0; start < 3; start++) thrownBy(() => createResilience({ preset: 'simple', config, usage }));
    expect(usage.usageStatistics()).toMatchObject({ totalLoads: 3, errorRate: 1 });
    expect(alerts).toEqual(['alert.raised config_error of simple', 'alert.raised error_rate of undefined']);
  });

  it('raises load_time when a start takes too long', () => {
    const usage = createMonitor({ thresholds: { loadMs: 0 } });
    createResilience({ preset: 'simple', usage });
    expect(alerts).toEqual(['alert.raised load_time of simple']);
  });

  it('is refused when it is no monitor', () => {
    const create = () => Reflect.apply(createResilience, undefined, [{ usage: { recordLoad: 5 } }]);
    expect(issuesIn(thrownBy(create))).toMatchObject([{ path: 'options.usage', message: 'must be a UsageMonitor' }]);
  });
});

describe('a usage monitor that is given to loadConfig()', () => {
  it('counts loads and failed loads, with the file', () => {
    const usage = createMonitor();
    loadConfig({ file, preset: 'simple', usage });
    write('{');
    thrownBy(() => loadConfig({ file, preset: 'simple', usage }));
    expect(usage.usageStatistics()).toMatchObject({ totalLoads: 2, errorRate: 0.5, presetUsageCount: {} });
    expect(usage.export('json')).toContain(JSON.stringify(file));
    expect(alerts).toContain('alert.raised config_error of simple');
  });

  it('is refused when it is no monitor', () => {
    const load = () => Reflect.apply(loadConfig, undefined, [{ usage: 5 }]);
    expect(issuesIn(thrownBy(load))).toMatchObject([{ path: 'options.usage' }]);
  });
});

describe('a usage monitor that is given to watchConfig()', () => {
  const events = (usage: UsageMonitor) => usage.usageStatistics().totalLoads;

  async function watched(resilience: Resilience, usage: UsageMonitor, play: () => Promise<void>): Promise<void> {
    const watch = watchConfig(resilience, file, { usage, onError: () => undefined, settleMs: 1, pollMs: 10 });
    try {
      await play();
    } finally {
      watch.close();
      await resilience.close();
    }
  }

  it('counts every reload, raises config_error for a broken file, and clears it when the file is mended', async () => {
    const usage = createMonitor({ thresholds: { loadMs: false } });
    await watched(createResilience({ preset: 'simple' }), usage, async () => {
      expect(events(usage)).toBe(1);
      write({ defaults: { deadlineMs: 6_000 } });
      await vi.waitUntil(() => events(usage) === 2, { timeout: 10_000 });
      write('{');
      await vi.waitUntil(() => events(usage) === 3, { timeout: 10_000 });
      expect(alerts).toEqual(['alert.raised config_error of simple']);
      write({ defaults: { deadlineMs: 7_000 } });
      await vi.waitUntil(() => events(usage) === 4, { timeout: 10_000 });
    });
    expect(alerts).toEqual(['alert.raised config_error of simple', 'alert.cleared config_error of simple']);
    expect(usage.usageStatistics()).toMatchObject({ totalLoads: 4, errorRate: 0.25 });
  });

  it('counts a failed start, and nothing is watched', () => {
    const usage = createMonitor();
    write('{');
    thrownBy(() => watchConfig(createResilience(), file, { usage }));
    expect(usage.usageStatistics()).toMatchObject({ totalLoads: 1, errorRate: 1 });
  });

  it('is refused when it is no monitor', () => {
    const watch = () => Reflect.apply(watchConfig, undefined, [createResilience(), file, { usage: {} }]);
    expect(issuesIn(thrownBy(watch))).toMatchObject([{ path: 'options.usage' }]);
  });
});
