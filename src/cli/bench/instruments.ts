import { cpus } from 'node:os';
import { monotonicMs, wallMs } from '../../runtime/index.js';

/** What benchmarks measure with. Tests replace it. */
export interface Instruments {
  /** Monotonic milliseconds, for durations. */
  readonly nowMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Bytes of the heap in use. */
  readonly heapBytes: () => number;
  readonly environment: () => EnvironmentInfo;
}

/** The machine that a benchmark ran on. */
export interface EnvironmentInfo {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
}

/** Measures this process. */
export const processInstruments: Instruments = {
  nowMs: monotonicMs,
  wallMs,
  heapBytes: () => process.memoryUsage().heapUsed,
  environment: () => {
    const all = cpus();
    const { version, platform, arch } = process;
    return { node: version, platform, arch, cpu: all[0]?.model.trim() ?? 'unknown', cores: all.length };
  },
};
