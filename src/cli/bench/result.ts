import type { EnvironmentInfo } from './instruments.js';

/** How one operation has done. */
export interface BenchmarkResult {
  readonly operation: string;
  /** All iterations together, in milliseconds. */
  readonly durationMs: number;
  /** The most by which the heap grew, in megabytes. */
  readonly memoryPeakMb: number;
  readonly iterations: number;
  /** The mean of the iterations that came to their end, in milliseconds; 0 when none did. */
  readonly avgMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly stdDevMs: number;
  /** The share of iterations that came to their end, 0 to 1. */
  readonly successRate: number;
  /** Whether the mean is within the threshold, and more than 95 % of the iterations came to their end. */
  readonly passed: boolean;
  readonly thresholdMs: number;
  /** `errors`, how many iterations failed, and the messages of the first ones as `error_<iteration>`. */
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** How all of them have done. */
export interface BenchmarkSuite {
  readonly name: string;
  readonly results: readonly BenchmarkResult[];
  readonly totalDurationMs: number;
  /** The share of operations that passed, 0 to 1. */
  readonly passRate: number;
  /** Whether the pass rate is at least 0.8. */
  readonly onTarget: boolean;
  readonly failedBenchmarks: readonly string[];
  readonly memory: MemoryVerdict;
  /** When, as an ISO 8601 instant. */
  readonly timestamp: string;
  readonly environmentInfo: EnvironmentInfo;
}

/** Whether the heap has kept within its limit. */
export interface MemoryVerdict {
  readonly peakMb: number;
  readonly limitMb: number;
  readonly passed: boolean;
}

/** What a comparison goes by in a suite that was written by an earlier run. */
export interface EarlierSuite {
  readonly timestamp: string;
  readonly results: readonly EarlierResult[];
  readonly environmentInfo: Pick<EnvironmentInfo, 'node' | 'cpu' | 'cores'>;
}

/** What a comparison goes by in one result. */
export type EarlierResult = Pick<BenchmarkResult, 'operation' | 'avgMs' | 'minMs' | 'passed'>;
