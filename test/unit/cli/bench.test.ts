import { describe, expect, it } from 'vitest';
import { type LazyModules, lazyModules } from '../../../src/cli/lazy-modules.js';
import { frozenInstruments, suiteWith, writtenTo } from './bench-suites.js';
import { dataOf, folderWith, ran, unexpected } from './running.js';

const argv = ['bench', 'config'];

/** The seven operations with their iterations and thresholds. */
const OPERATIONS = [
  ['preset_loading', 100, 10],
  ['settings_initialization', 50, 100],
  ['resilience_config_loading', 50, 100],
  ['service_initialization', 25, 200],
  ['custom_config_loading', 25, 100],
  ['legacy_config_loading', 25, 100],
  ['validation_performance', 50, 50],
] as const;

/** A machine on which each iteration takes the same number of milliseconds. */
function machine(iterationMs = 2, own: Partial<LazyModules> = {}) {
  return { modules: { ...lazyModules, ...own }, instruments: frozenInstruments(iterationMs) };
}

describe('holdfast bench config', () => {
  it('measures seven operations with their own numbers of iterations', async () => {
    const { code, out, err } = await ran(argv, {}, machine());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const [operation, iterations, limit] of OPERATIONS) {
      expect(out).toMatch(new RegExp(`^${operation} +2\\.000 .* ${limit} +${iterations} +100 % +0\\.0$`, 'm'));
    }
    expect(out).toMatch(/^passed: 100 % of 7 operations in \d+ ms$/m);
    expect(out).toMatch(/^heap grew by at most 0\.0 MB, within the limit of 50 MB$/m);
    expect(out).toMatch(/^Node v20\.20\.0, 2 x a processor$/m);
  });

  it('prints the suite with --json', async () => {
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

  it('runs each operation as often as --iterations says', async () => {
    expect(await dataOf([...argv, '--iterations', '3'], {}, machine())).toMatchObject({
      results: OPERATIONS.map(([operation]) => ({ operation, iterations: 3 })),
    });
  });

  it('does the real work in each iteration', async () => {
    const counted = { loads: 0, validations: 0 };
    const own: Partial<LazyModules> = {
      loading: async () => {
        const { readConfigFile, loadConfig } = await lazyModules.loading();
        return {
          readConfigFile,
          loadConfig: (options) => {
            counted.loads += 1;
            return loadConfig(options);
          },
        };
      },
      validation: async () => {
        const { validateConfig } = await lazyModules.validation();
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

  it('exits with 1 if an operation is too slow', async () => {
    const { code, out } = await ran(argv, {}, machine(11));
    expect(code).toBe(1);
    expect(out).toMatch(/^preset_loading .* failed$/m);
    expect(out).toMatch(/^1 failed: 86 % of 7 operations/m);
    expect(await dataOf(argv, {}, machine(11))).toMatchObject({
      failedBenchmarks: ['preset_loading'],
      passRate: 6 / 7,
    });
  });

  it('counts failed iterations and prints their messages', async () => {
    const own: Partial<LazyModules> = { migration: async () => ({ migrate: unexpected }) };
    const { code, out } = await ran(argv, {}, machine(1, own));
    expect(code).toBe(1);
    expect(out).toContain('legacy_config_loading, error_0: this must not be called');
    expect(await dataOf(argv, {}, machine(1, own))).toMatchObject({
      failedBenchmarks: ['legacy_config_loading'],
      results: expect.arrayContaining([
        expect.objectContaining({ operation: 'legacy_config_loading', successRate: 0, passed: false }),
      ]),
    });
  });

  it('exits with 1 if the heap grows too much', async () => {
    const parts = machine();
    const heapBytes = (): number => {
      parts.instruments.growMb(1);
      return parts.instruments.heapBytes();
    };
    const { code, out } = await ran(argv, {}, { ...parts, instruments: { ...parts.instruments, heapBytes } });
    expect(code).toBe(1);
    expect(out).toMatch(/^heap grew by at most 100\.0 MB, over the limit of 50 MB$/m);
  });
});

describe('holdfast bench config --compare', () => {
  it('compares with the result that --output wrote', async () => {
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

  it('compares with several results and lists what is no longer measured', async () => {
    const cwd = folderWith({
      'a.json': JSON.stringify(suiteWith([{ avgMs: 4, minMs: 4 }], 10)),
      'b.json': JSON.stringify(suiteWith([{ avgMs: 3, minMs: 3 }, { operation: 'old_loading' }], 11)),
    });
    const { code, out } = await ran([...argv, '--compare', 'b.json', '--compare', 'a.json'], { cwd }, machine(2));
    expect(code).toBe(0);
    expect(out).toMatch(/^preset_loading +3\.000 +2\.000 +-33\.3 % +same +improving$/m);
    expect(out).toContain('no longer measured: old_loading');
  });

  it('notes on stderr that a result is from another machine', async () => {
    const other = { ...suiteWith([{}]), environmentInfo: { node: 'v22.0.0', cpu: 'a processor', cores: 2 } };
    const cwd = folderWith({ 'a.json': JSON.stringify(other) });
    const { code, err } = await ran([...argv, '--compare', 'a.json'], { cwd }, machine(1));
    expect(code).toBe(0);
    expect(err).toMatch(/^An earlier result is from another machine or version of Node/);
  });

  it('refuses a file that is not a result before anything is measured', async () => {
    const cwd = folderWith({ 'a.json': '{}' });
    const parts = machine(1, { loading: unexpected });
    const { err, ...rest } = await ran([...argv, '--compare', 'a.json'], { cwd }, parts);
    expect(rest).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^ {2}suite\.timestamp: must be an ISO 8601 instant; received undefined; suite\.\w/m);
    expect(await ran([...argv, '--compare', 'b.json'], { cwd }, parts)).toMatchObject({ code: 2, out: '' });
  });

  it('refuses an --output that cannot be written before anything is measured', async () => {
    const cwd = folderWith({});
    const parts = machine(1, { loading: unexpected });
    const { code, out, err } = await ran([...argv, '--output', 'no/such/folder.json'], { cwd }, parts);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe("holdfast: 'no/such/folder.json' cannot be written: no such file or folder.\n");
  });
});
