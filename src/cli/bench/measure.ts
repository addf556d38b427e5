import type { Instruments } from './instruments.js';
import type { BenchmarkResult } from './result.js';
import { mean, standardDeviation } from './statistics.js';
import { LEAST_SUCCESS_RATE, THRESHOLDS_MS, type WorkKind } from './thresholds.js';

/** One operation that is measured. */
export interface Benchmark {
  readonly operation: string;
  /** The kind of work that it is, for its threshold. */
  readonly kind: WorkKind;
  /** How often it is done when nobody says. */
  readonly iterations: number;
  /** The work, once. */
  readonly run: (iteration: number) => unknown;
}

const BYTES_PER_MB = 2 ** 20;
const SHOWN_ERRORS = 10;

/** Does the work a number of times. What it throws is counted, not thrown. */
export async function measure(
  { operation, kind, run }: Benchmark,
  iterations: number,
  { nowMs, heapBytes }: Instruments,
): Promise<BenchmarkResult> {
  const errors = new Map<number, string>();
  const times: number[] = [];
  const before = heapBytes();
  let highest = before;
  const startedAt = nowMs();
  for (let iteration = 0; iteration < iterations; iteration++) {
    const from = nowMs();
    try {
      await run(iteration);
      times.push(nowMs() - from);
    } catch (error) {
      errors.set(iteration, error instanceof Error ? error.message : String(error));
    }
    highest = Math.max(highest, heapBytes());
  }
  const durationMs = nowMs() - startedAt;
  const avgMs = mean(times);
  const limitMs = THRESHOLDS_MS[kind];
  const successRate = times.length / iterations;
  return {
    operation,
    durationMs,
    memoryPeakMb: (highest - before) / BYTES_PER_MB,
    iterations,
    avgMs,
    minMs: times.length === 0 ? 0 : times.reduce((least, time) => Math.min(least, time)),
    maxMs: times.reduce((most, time) => Math.max(most, time), 0),
    stdDevMs: standardDeviation(times),
    successRate,
    passed: avgMs <= limitMs && successRate > LEAST_SUCCESS_RATE,
    thresholdMs: limitMs,
    metadata: metadataOf(errors),
  };
}

function metadataOf(errors: ReadonlyMap<number, string>): BenchmarkResult['metadata'] {
  if (errors.size === 0) return {};
  const shown = [...errors].slice(0, SHOWN_ERRORS).map(([iteration, message]) => [`error_${iteration}`, message]);
  return { errors: errors.size, ...Object.fromEntries(shown) };
}
