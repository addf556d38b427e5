import type { Instruments } from './instruments.js';
import type { BenchmarkResult, BenchmarkSuite } from './suite.js';

/** One operation to measure. */
export interface Benchmark {
  readonly operation: string;
  /** The kind of work, which decides the threshold. */
  readonly kind: WorkKind;
  /** The default number of iterations. */
  readonly iterations: number;
  /** Does the work once. */
  readonly run: (iteration: number) => unknown;
}

/** The kinds of work that are measured. */
export type WorkKind = 'config_loading' | 'preset_access' | 'validation' | 'service_init';

/** The longest mean that each kind of work may have, in milliseconds. */
export const THRESHOLDS_MS: Readonly<Record<WorkKind, number>> = {
  config_loading: 100,
  preset_access: 10,
  validation: 50,
  service_init: 200,
};

const BYTES_PER_MB = 2 ** 20;
/** The largest growth of the heap during a benchmark. */
const MEMORY_LIMIT_MB = 50;
/** The share of iterations that has to be exceeded by the successful ones. */
const MIN_SUCCESS_RATE = 0.95;
/** The share of benchmarks that have to pass for the suite to be on target. */
const TARGET_PASS_RATE = 0.8;
const SHOWN_ERRORS = 10;

/**
 * Measures operations one after the other.
 *
 * @param iterations how often each one runs. Default: its own number.
 */
export async function runSuite(
  name: string,
  benchmarks: readonly Benchmark[],
  instruments: Instruments,
  iterations?: number,
): Promise<BenchmarkSuite> {
  const startedAt = instruments.nowMs();
  const results: BenchmarkResult[] = [];
  for (const each of benchmarks) results.push(await measure(each, iterations ?? each.iterations, instruments));
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

/** Measures one operation. An iteration that throws is counted as failed. */
export async function measure(
  { operation, kind, run }: Benchmark,
  iterations: number,
  { nowMs, heapBytes }: Instruments,
): Promise<BenchmarkResult> {
  const errors = new Map<number, string>();
  const times: number[] = [];
  const heapBefore = heapBytes();
  let heapPeak = heapBefore;
  const startedAt = nowMs();
  for (let iteration = 0; iteration < iterations; iteration++) {
    const from = nowMs();
    try {
      await run(iteration);
      times.push(nowMs() - from);
    } catch (error) {
      errors.set(iteration, error instanceof Error ? error.message : String(error));
    }
    heapPeak = Math.max(heapPeak, heapBytes());
  }
  const durationMs = nowMs() - startedAt;
  const avgMs = computeMean(times);
  const thresholdMs = THRESHOLDS_MS[kind];
  const successRate = times.length / iterations;
  return {
    operation,
    durationMs,
    memoryPeakMb: (heapPeak - heapBefore) / BYTES_PER_MB,
    iterations,
    avgMs,
    minMs: times.length === 0 ? 0 : times.reduce((min, time) => Math.min(min, time)),
    maxMs: times.reduce((max, time) => Math.max(max, time), 0),
    stdDevMs: computeStandardDeviation(times),
    successRate,
    passed: avgMs <= thresholdMs && successRate > MIN_SUCCESS_RATE,
    thresholdMs,
    metadata: describeErrors(errors),
  };
}

function describeErrors(errors: ReadonlyMap<number, string>): BenchmarkResult['metadata'] {
  if (errors.size === 0) return {};
  const shown = [...errors].slice(0, SHOWN_ERRORS).map(([iteration, message]) => [`error_${iteration}`, message]);
  return { errors: errors.size, ...Object.fromEntries(shown) };
}

/** The mean; 0 without values. */
export function computeMean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The standard deviation of a sample; 0 with fewer than two values. */
export function computeStandardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = computeMean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
