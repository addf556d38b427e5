import { describe, expect, it } from 'vitest';
import { type Doors, doors } from '../../../src/cli/doors.js';
import { standing, suiteWith, writtenTo } from './bench-suites.js';
import { closed, dataOf, folderWith, ran } from './running.js';

const argv = ['bench', 'config'];

/** The seven operations, how often each is done, and its threshold. */
const OPERATIONS = [
  ['preset_loading', 100, 10],
  ['settings_initialization', 50, 100],
  ['resilience_config_loading', 50, 100],
  ['service_initialization', 25, 200],
  ['custom_config_loading', 25, 100],
  ['legacy_config_loading', 25, 100],
  ['validation_performance', 50, 50],
] as const;

/** A machine on which each piece of work takes some milliseconds. */
function machine(lookMs = 2, own: Partial<Doors> = {}) {
  return { doors: { ...doors, ...own }, instruments: standing(lookMs) };
}

describe('holdfast bench config', () => {
  it('measures seven operations as often as each one needs', async () => {
    const { code, out, err } = await ran(argv, {}, machine());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const [operation, iterations, limit] of OPERATIONS) {
      expect(out).toMatch(new RegExp(`^${operation} +2\\.000 .* ${limit} +${iterations} +100 % +0\\.0$`, 'm'));
    }
    expect(out).toMatch(/^passed: 100 % of 7 operations in \d+ ms$/m);
    expect(out).toMatch(/^heap grew by 0\.0 MB at the most, within the limit of 50 MB$/m);
    expect(out).toMatch(/^Node v20\.20\.0, 2 x a processor$/m);
  });

  it('gives machines the suite', async () => {
    const suite = await dataOf(argv, {}, machine());
    expect(suite).toMatchObject({
      name: 'config',
      results: OPERATIONS.map(([operation, iterations, thresholdMs]) => ({
        operation,
        iterations,
        thresholdMs,
        avgMs: 2,
        minMs: 2,
        maxMs: 2,
        stdDevMs: 0,
        memoryPeakMb: 0,
        successRate: 1,
        passed: true,
        metadata: {},
      })),
      passRate: 1,
      onTarget: true,
      failedBenchmarks: [],
      memory: { peakMb: 0, limitMb: 50, passed: true },
      timestamp: '2026-11-21T00:00:00.000Z',
      environmentInfo: { node: 'v20.20.0', platform: 'linux', arch: 'x64', cpu: 'a processor', cores: 2 },
    });
    expect(suite).not.toHaveProperty('comparison');
  });

  it('does each as often as it is told', async () => {
    expect(await dataOf([...argv, '--iterations', '3'], {}, machine())).toMatchObject({
      results: OPERATIONS.map(([operation]) => ({ operation, iterations: 3 })),
    });
  });

  it('does the work for real', async () => {
    const counted = { loads: 0, validations: 0 };
    const own: Partial<Doors> = {
      loading: async () => {
        const { readConfigFile, loadConfig } = await doors.loading();
        return {
          readConfigFile,
          loadConfig: (options) => {
            counted.loads += 1;
            return loadConfig(options);
          },
        };
      },
      validation: async () => {
        const { validateConfig } = await doors.validation();
        return {
          validateConfig: (value) => {
            counted.validations += 1;
            return validateConfig(value);
          },
        };
      },
    };
    const { code } = await ran([...argv, '--iterations', '2'], {}, machine(1, own));
    expect({ code, ...counted }).toEqual({ code: 0, loads: 2 * (1 + 3 + 1 + 1), validations: 2 * 5 });
  });

  it('ends with 1 when something is too slow', async () => {
    const { code, out } = await ran(argv, {}, machine(11));
    expect(code).toBe(1);
    expect(out).toMatch(/^preset_loading .* failed$/m);
    expect(out).toMatch(/^1 failed: 86 % of 7 operations/m);
    expect(await dataOf(argv, {}, machine(11))).toMatchObject({
      failedBenchmarks: ['preset_loading'],
      passRate: 6 / 7,
    });
  });

  it('counts what fails, and tells why', async () => {
    const own: Partial<Doors> = { migration: async () => ({ migrate: closed }) };
    const { code, out } = await ran(argv, {}, machine(1, own));
    expect(code).toBe(1);
    expect(out).toContain('legacy_config_loading, error_0: nobody should come here');
    expect(await dataOf(argv, {}, machine(1, own))).toMatchObject({
      failedBenchmarks: ['legacy_config_loading'],
      results: expect.arrayContaining([
        expect.objectContaining({ operation: 'legacy_config_loading', successRate: 0, passed: false }),
      ]),
    });
  });

  it('ends with 1 when the heap grows too much', async () => {
    const parts = machine();
    const heapBytes = (): number => {
      parts.instruments.growMb(1);
      return parts.instruments.heapBytes();
    };
    const { code, out } = await ran(argv, {}, { ...parts, instruments: { ...parts.instruments, heapBytes } });
    expect(code).toBe(1);
    expect(out).toMatch(/^heap grew by 100\.0 MB at the most, over the limit of 50 MB$/m);
  });
});

describe('a comparison', () => {
  it('is with what an earlier run has kept', async () => {
    const cwd = folderWith({});
    const kept = await ran([...argv, '--output', 'before.json'], { cwd }, machine(1));
    expect(kept.code).toBe(0);
    expect(writtenTo(cwd, 'before.json')).toEqual(await dataOf(argv, {}, machine(1)));
    const same = await ran([...argv, '--compare', 'before.json'], { cwd }, machine(1.5));
    expect(same).toMatchObject({ code: 0, err: '' });
    expect(same.out).toMatch(/^preset_loading +1\.000 +1\.500 +\+50\.0 % +same +degrading$/m);
    expect(same.out).toContain('no regression beyond 100 %, against 2026-11-21T00:00:00.000Z');
    const slower = await ran([...argv, '--compare', 'before.json', '--tolerance', '40'], { cwd }, machine(1.5));
    expect(slower.code).toBe(1);
    expect(slower.out).toContain('regressions beyond 40 %: preset_loading, settings_initialization, ');
    expect(await dataOf([...argv, '--compare', 'before.json'], { cwd }, machine(3))).toMatchObject({
      comparison: {
        tolerancePercent: 100,
        regressions: OPERATIONS.map(([operation]) => operation),
        operations: OPERATIONS.map(([operation]) => ({ operation, changePercent: 200, verdict: 'slower' })),
      },
    });
  });

  it('goes over several results, and says what is gone', async () => {
    const cwd = folderWith({
      'a.json': JSON.stringify(suiteWith([{ avgMs: 4, minMs: 4 }], 10)),
      'b.json': JSON.stringify(suiteWith([{ avgMs: 3, minMs: 3 }, { operation: 'old_loading' }], 11)),
    });
    const { code, out } = await ran([...argv, '--compare', 'b.json', '--compare', 'a.json'], { cwd }, machine(2));
    expect(code).toBe(0);
    expect(out).toMatch(/^preset_loading +3\.000 +2\.000 +-33\.3 % +same +improving$/m);
    expect(out).toContain('not measured any more: old_loading');
  });

  it('with another machine is doubted on stderr', async () => {
    const other = { ...suiteWith([{}]), environmentInfo: { node: 'v22.0.0', cpu: 'a processor', cores: 2 } };
    const cwd = folderWith({ 'a.json': JSON.stringify(other) });
    const { code, err } = await ran([...argv, '--compare', 'a.json'], { cwd }, machine(1));
    expect(code).toBe(0);
    expect(err).toMatch(/^An earlier result is from another machine or another version of Node/);
  });

  it('is not tried with a file that is none, and nothing is measured in vain', async () => {
    const cwd = folderWith({ 'a.json': '{}' });
    const parts = machine(1, { loading: closed });
    const { err, ...rest } = await ran([...argv, '--compare', 'a.json'], { cwd }, parts);
    expect(rest).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^ {2}suite\.timestamp: must be an ISO 8601 instant; received undefined; suite\.\w/m);
    expect(await ran([...argv, '--compare', 'b.json'], { cwd }, parts)).toMatchObject({ code: 2, out: '' });
  });

  it('is not made when it cannot be kept', async () => {
    const cwd = folderWith({});
    const parts = machine(1, { loading: closed });
    const { code, out, err } = await ran([...argv, '--output', 'no/such/folder.json'], { cwd }, parts);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe("holdfast: 'no/such/folder.json' cannot be written: there is no such file.\n");
  });
});
