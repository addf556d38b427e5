import { describe, expect, it } from 'vitest';
import {
  type Benchmark,
  computeMean,
  computeStandardDeviation,
  measure,
  runSuite,
  type WorkKind,
} from '../../../src/cli/bench/bench.js';
import { frozenInstruments } from './bench-suites.js';

/** A benchmark whose iterations take the given times in turn. */
function taking(
  instruments: ReturnType<typeof frozenInstruments>,
  times: readonly number[],
  kind: WorkKind = 'preset_access',
): Benchmark {
  return {
    operation: 'work',
    kind,
    iterations: times.length,
    run: (iteration) => instruments.passMs(times[iteration] ?? Number.NaN),
  };
}

describe('measure() with a threshold for each kind of work', () => {
  it.each<[WorkKind, number, boolean]>([
    ['preset_access', 10, true],
    ['preset_access', 10.001, false],
    ['config_loading', 100, true],
    ['config_loading', 100.001, false],
    ['validation', 50, true],
    ['validation', 50.001, false],
    ['service_init', 200, true],
    ['service_init', 200.001, false],
  ])('reports whether %s with a mean of %d ms has passed: %s', async (kind, ms, passed) => {
    const instruments = frozenInstruments();
    expect(await measure(taking(instruments, [ms, ms], kind), 2, instruments)).toMatchObject({ passed });
  });
});

describe('measure()', () => {
  it('reports mean, minimum, maximum and deviation of the iterations', async () => {
    const instruments = frozenInstruments();
    const result = await measure(taking(instruments, [2, 4, 4, 4, 5, 5, 7, 9]), 8, instruments);
    expect(result).toEqual({
      operation: 'work',
      durationMs: 40,
      memoryPeakMb: 0,
      iterations: 8,
      avgMs: 5,
      minMs: 2,
      maxMs: 9,
      stdDevMs: Math.sqrt(32 / 7),
      successRate: 1,
      passed: true,
      thresholdMs: 10,
      metadata: {},
    });
  });

  it('awaits asynchronous work', async () => {
    const instruments = frozenInstruments();
    const run = async (): Promise<void> => {
      await Promise.resolve();
      instruments.passMs(3);
    };
    const slow: Benchmark = { operation: 'work', kind: 'preset_access', iterations: 2, run };
    expect(await measure(slow, 2, instruments)).toMatchObject({ avgMs: 3, durationMs: 6 });
  });

  it('reports the largest growth of a heap that may shrink in between', async () => {
    const instruments = frozenInstruments();
    const steps = [3, 5, -20, 4];
    const run = (iteration: number): void => instruments.growMb(steps[iteration] ?? 0);
    const growing: Benchmark = { operation: 'work', kind: 'validation', iterations: 4, run };
    expect(await measure(growing, 4, instruments)).toMatchObject({ memoryPeakMb: 8 });
    const shrinking = { ...growing, run: () => instruments.growMb(-1) };
    expect(await measure(shrinking, 4, instruments)).toMatchObject({ memoryPeakMb: 0 });
  });

  it('counts an iteration that throws as failed', async () => {
    const instruments = frozenInstruments();
    const run = (iteration: number): void => {
      instruments.passMs(1);
      if (iteration === 1) throw new Error('the first');
      if (iteration === 3) throw 'no error at all';
    };
    const result = await measure({ operation: 'w', kind: 'validation', iterations: 40, run }, 40, instruments);
    // Two of forty leave exactly 95 %, which has to be exceeded.
    expect(result).toMatchObject({ successRate: 0.95, avgMs: 1, passed: false, durationMs: 40 });
    expect(result.metadata).toEqual({ errors: 2, error_1: 'the first', error_3: 'no error at all' });
  });

  it('reports that an operation with one failure in forty passed', async () => {
    const instruments = frozenInstruments();
    const run = (iteration: number): void => {
      if (iteration === 0) throw new Error('cold');
    };
    const result = await measure({ operation: 'w', kind: 'validation', iterations: 40, run }, 40, instruments);
    expect(result).toMatchObject({ successRate: 0.975, passed: true, metadata: { errors: 1, error_0: 'cold' } });
  });

  it('reports that an operation whose iterations all fail quickly did not pass', async () => {
    const instruments = frozenInstruments();
    const run = (): void => {
      throw new Error('always');
    };
    const result = await measure({ operation: 'w', kind: 'validation', iterations: 25, run }, 25, instruments);
    expect(result).toMatchObject({ avgMs: 0, minMs: 0, maxMs: 0, stdDevMs: 0, successRate: 0, passed: false });
    // The number of errors and the first ten messages.
    expect(Object.keys(result.metadata)).toHaveLength(11);
    expect(result.metadata).toMatchObject({ errors: 25, error_9: 'always' });
  });
});

describe('runSuite()', () => {
  const named = (
    operation: string,
    kind: WorkKind,
    ms: number,
    instruments: ReturnType<typeof frozenInstruments>,
  ): Benchmark => ({
    operation,
    kind,
    iterations: 4,
    run: () => instruments.passMs(ms),
  });

  it('reports which operations passed, and the pass rate', async () => {
    const instruments = frozenInstruments();
    const all = [
      named('a', 'preset_access', 1, instruments),
      named('b', 'preset_access', 11, instruments),
      named('c', 'service_init', 11, instruments),
      named('d', 'validation', 50, instruments),
      named('e', 'validation', 50, instruments),
    ];
    const suite = await runSuite('config', all, instruments);
    expect(suite.results.map(({ operation, iterations }) => [operation, iterations])).toEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => [name, 4]),
    );
    expect(suite).toMatchObject({
      name: 'config',
      totalDurationMs: 4 * 123,
      passRate: 0.8,
      onTarget: true,
      failedBenchmarks: ['b'],
      memory: { peakMb: 0, limitMb: 50, passed: true },
      timestamp: '2026-11-21T00:00:00.000Z',
      environmentInfo: { node: 'v20.20.0', cores: 2 },
    });
    expect(await runSuite('config', all.slice(0, 4), instruments)).toMatchObject({ passRate: 0.75, onTarget: false });
    expect((await runSuite('config', all, instruments, 7)).results[0]).toMatchObject({ iterations: 7 });
  });

  it.each([
    [49.9, true],
    [50, false],
  ])('reports whether a heap that grew by %d MB has passed: %s', async (mb, passed) => {
    const instruments = frozenInstruments();
    const growing: Benchmark = { operation: 'a', kind: 'validation', iterations: 1, run: () => instruments.growMb(mb) };
    const { memory } = await runSuite('config', [growing], instruments);
    expect(memory).toEqual({ peakMb: expect.closeTo(mb, 5), limitMb: 50, passed });
  });
});

describe('computeMean() and computeStandardDeviation()', () => {
  it('are 0 with too few values', () => {
    expect([computeMean([]), computeStandardDeviation([]), computeStandardDeviation([3])]).toEqual([0, 0, 0]);
    expect([computeMean([3]), computeStandardDeviation([3, 3, 3])]).toEqual([3, 0]);
  });
});
