import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Instruments } from '../../../src/cli/bench/instruments.js';
import type { BenchmarkResult, BenchmarkSuite } from '../../../src/cli/bench/suite.js';

const AT = Date.UTC(2026, 10, 21);

/** Instruments that only change when they are told to, and by `stepMs` with each reading of the clock. */
export function frozenInstruments(
  stepMs = 0,
): Instruments & { passMs: (ms: number) => void; growMb: (mb: number) => void } {
  let now = 1_000;
  let heap = 64 * 2 ** 20;
  return {
    nowMs: () => {
      now += stepMs;
      return now;
    },
    wallMs: () => AT,
    heapBytes: () => heap,
    environment: () => ({ node: 'v20.20.0', platform: 'linux', arch: 'x64', cpu: 'a processor', cores: 2 }),
    passMs: (ms) => {
      now += ms;
    },
    growMb: (mb) => {
      heap += mb * 2 ** 20;
    },
  };
}

/** A result that passes, with some values replaced. */
function resultWith(own: Partial<BenchmarkResult>): BenchmarkResult {
  return {
    operation: 'preset_loading',
    durationMs: 100,
    memoryPeakMb: 1,
    iterations: 100,
    avgMs: 1,
    minMs: 0.8,
    maxMs: 2,
    stdDevMs: 0.1,
    successRate: 1,
    passed: true,
    thresholdMs: 10,
    metadata: {},
    ...own,
  };
}

/** A suite of results on a given day. */
export function suiteWith(results: readonly Partial<BenchmarkResult>[], day = 21): BenchmarkSuite {
  return {
    name: 'config',
    results: results.map(resultWith),
    totalDurationMs: 1_000,
    passRate: 1,
    onTarget: true,
    failedBenchmarks: [],
    memory: { peakMb: 1, limitMb: 50, passed: true },
    timestamp: new Date(Date.UTC(2026, 10, day)).toISOString(),
    environmentInfo: frozenInstruments().environment(),
  };
}

/** The JSON that a run wrote. */
export function writtenTo(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}
