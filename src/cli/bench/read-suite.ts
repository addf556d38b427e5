import { Check, type Fields } from '../../input/index.js';
import { objectIn } from '../files.js';
import { UsageError } from '../usage-error.js';
import type { EarlierSuite } from './result.js';

const TIMES = ['avgMs', 'minMs'];

/** The suite that an earlier run has written. @throws {UsageError} naming everything that is wrong with it. */
export function readSuite(file: string, text: string): EarlierSuite {
  const value = objectIn(file, text);
  const check = new Check();
  if (isSuite(check, value)) return value;
  const found = check.issues.map(({ path, message, received }) => `${path}: ${message}; received ${received}`);
  throw new UsageError(`'${file}' is no result of 'holdfast bench'.`, found.join('; '));
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
