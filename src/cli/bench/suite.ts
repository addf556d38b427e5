import { Check, type Fields } from '../../input/index.js';
import { UsageError } from '../errors.js';
import { parseJsonObject } from '../files.js';
import type { EnvironmentInfo } from './instruments.js';

/** The measurements of one operation. */
export interface BenchmarkResult {
  readonly operation: string;
  /** All iterations together, in milliseconds. */
  readonly durationMs: number;
  /** The largest growth of the heap, in megabytes. */
  readonly memoryPeakMb: number;
  readonly iterations: number;
  /** The mean of the successful iterations, in milliseconds; 0 if there was none. */
  readonly avgMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly stdDevMs: number;
  /** The share of successful iterations, from 0 to 1. */
  readonly successRate: number;
  /** Whether the mean is within the threshold, and more than 95 % of the iterations were successful. */
  readonly passed: boolean;
  readonly thresholdMs: number;
  /** `errors`, the number of failed iterations, and the messages of the first ones as `error_<iteration>`. */
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** The measurements of all operations. */
export interface BenchmarkSuite {
  readonly name: string;
  readonly results: readonly BenchmarkResult[];
  readonly totalDurationMs: number;
  /** The share of operations that passed, from 0 to 1. */
  readonly passRate: number;
  /** Whether the pass rate is at least 0.8. */
  readonly onTarget: boolean;
  readonly failedBenchmarks: readonly string[];
  readonly memory: MemoryResult;
  /** An ISO 8601 instant. */
  readonly timestamp: string;
  readonly environmentInfo: EnvironmentInfo;
}

/** Whether the growth of the heap was within its limit. */
export interface MemoryResult {
  readonly peakMb: number;
  readonly limitMb: number;
  readonly passed: boolean;
}

/** What a comparison needs of the suite of an earlier run. */
export interface EarlierSuite {
  readonly timestamp: string;
  readonly results: readonly EarlierResult[];
  readonly environmentInfo: Pick<EnvironmentInfo, 'node' | 'cpu' | 'cores'>;
}

/** What a comparison needs of one result. */
export type EarlierResult = Pick<BenchmarkResult, 'operation' | 'avgMs' | 'minMs' | 'passed'>;

const TIMES = ['avgMs', 'minMs'];

/** Parses the suite that an earlier run has written. @throws {UsageError} listing everything that is wrong with it. */
export function parseSuite(file: string, text: string): EarlierSuite {
  const value = parseJsonObject(file, text);
  const check = new Check();
  if (isSuite(check, value)) return value;
  const found = check.issues.map(({ path, message, received }) => `${path}: ${message}; received ${received}`);
  throw new UsageError(`'${file}' is not a result of 'holdfast bench'.`, found.join('; '));
}

function isSuite(check: Check, value: object): value is EarlierSuite {
  const { timestamp, results, environmentInfo } = check.record('suite', value) ?? {};
  if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp))) {
    check.addIssue('suite.timestamp', 'must be an ISO 8601 instant', timestamp);
  }
  checkEnvironment(check, check.record('suite.environmentInfo', environmentInfo) ?? {});
  if (Array.isArray(results)) {
    for (const [index, result] of results.entries()) checkResult(check, `suite.results[${index}]`, result);
  } else {
    check.addIssue('suite.results', 'must be an array', results);
  }
  return check.issues.length === 0;
}

function checkEnvironment(check: Check, { node, cpu, cores }: Fields): void {
  for (const [name, value] of Object.entries({ node, cpu })) {
    if (typeof value !== 'string') check.addIssue(`suite.environmentInfo.${name}`, 'must be a string', value);
  }
  check.number('suite.environmentInfo.cores', cores ?? null, { min: 0, max: Number.MAX_VALUE });
}

function checkResult(check: Check, path: string, result: unknown): void {
  const fields = check.record(path, result);
  if (fields === undefined) return;
  check.name(`${path}.operation`, fields['operation']);
  for (const name of TIMES) check.number(`${path}.${name}`, fields[name] ?? null, { min: 0, max: Number.MAX_VALUE });
  check.boolean(`${path}.passed`, fields['passed'] ?? null);
}
