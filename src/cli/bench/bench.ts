import type { Instruments } from './instruments.js';
import { type Benchmark, measure } from './measure.js';
import type { BenchmarkResult, BenchmarkSuite } from './result.js';
import { MEMORY_LIMIT_MB, TARGET_PASS_RATE } from './thresholds.js';

export { benchmarks } from './benchmarks.js';
export { type Comparison, compare, DEFAULT_TOLERANCE_PERCENT } from './compare.js';
export { readSuite } from './read-suite.js';
export type { BenchmarkResult, BenchmarkSuite, EarlierSuite } from './result.js';

/**
 * Measures every operation, one after the other.
 *
 * @param iterations how often each is done. Default: as often as each one says.
 */
export async function runSuite(
  name: string,
  all: readonly Benchmark[],
  instruments: Instruments,
  iterations?: number,
): Promise<BenchmarkSuite> {
  const startedAt = instruments.nowMs();
  const results: BenchmarkResult[] = [];
  for (const each of all) results.push(await measure(each, iterations ?? each.iterations, instruments));
  const failedBenchmarks = results.filter(({ passed }) => !passed).map(({ operation }) => operation);
  const passRate = results.length === 0 ? 1 : (results.length - failedBenchmarks.length) / results.length;
  const peakMb = Math.max(0, ...results.map(({ memoryPeakMb }) => memoryPeakMb));
  return {
    name,
    results,
    totalDurationMs: instruments.nowMs() - startedAt,
    passRate,
    onTarget: passRate >= TARGET_PASS_RATE,
    failedBenchmarks,
    memory: { peakMb, limitMb: MEMORY_LIMIT_MB, passed: peakMb < MEMORY_LIMIT_MB },
    timestamp: new Date(instruments.wallMs()).toISOString(),
    environmentInfo: instruments.environment(),
  };
}
