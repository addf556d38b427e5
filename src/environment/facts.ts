import { Check, isArray, isObject, readOnce, readOrRefuse } from '../input/index.js';
import type { EnvironmentFeature } from './detected.js';
import type { EnvironmentInput } from './input.js';

/** An input, checked and read once. */
export interface Facts {
  /** The variables that matter and hold something, without surrounding space. */
  readonly variables: ReadonlyMap<string, string>;
  readonly files: ReadonlySet<string>;
  readonly hostname: string | undefined;
  readonly feature: EnvironmentFeature;
}

const FIELDS = ['env', 'files', 'hostname', 'feature'];

/**
 * Reads an input.
 *
 * @param names the variables that matter; no other is touched.
 * @throws {ConfigurationError} when it is not an input.
 */
export function factsOf(
  input: EnvironmentInput,
  names: readonly string[],
  features: readonly EnvironmentFeature[],
): Facts {
  const { env, files, hostname, feature } = checked(input, features);
  const variables = variablesOf(env ?? {}, names);
  const host = hostname?.trim() ?? '';
  return {
    variables,
    files: new Set(files),
    hostname: host === '' ? variables.get('HOSTNAME') : host,
    feature: feature ?? 'default',
  };
}

/** True for what switches something on. */
export function saysYes(value: string | undefined): value is string {
  return value !== undefined && YES.has(value.toLowerCase());
}

/** True for nothing at all, and for what switches something off. */
export function saysNo(value: string | undefined): boolean {
  return value === undefined || NO.has(value.toLowerCase());
}

const YES = new Set(['true', '1', 'yes']);
const NO = new Set(['false', '0', 'no', 'off']);

function checked(input: EnvironmentInput, features: readonly EnvironmentFeature[]): EnvironmentInput {
  const own = readOnce('environment', input, ({ files, ...rest }) => ({
    ...rest,
    files: isArray(files) ? readOrRefuse('environment.files', files, () => Array.from<string>(files)) : files,
  }));
  const check = new Check();
  const fields = check.fields('environment', own, FIELDS);
  if (fields !== undefined) {
    const { env, files, hostname, feature } = fields;
    if (env !== undefined && !isObject(env)) check.addIssue('environment.env', 'must be an object of strings', env);
    if (files !== undefined && !isStrings(files)) {
      check.addIssue('environment.files', 'must be an array of strings', files);
    }
    if (hostname !== undefined && typeof hostname !== 'string') {
      check.addIssue('environment.hostname', 'must be a string', hostname);
    }
    check.oneOf('environment.feature', feature, features);
  }
  check.throwIfInvalid();
  return own;
}

/** `process.env` is no plain object, so any object will do; it may hold what it likes under other names. */
function variablesOf(env: Readonly<Record<string, unknown>>, names: readonly string[]): ReadonlyMap<string, string> {
  const check = new Check();
  const variables = new Map<string, string>();
  for (const name of names) {
    const value = readOrRefuse(`environment.env.${name}`, env, () => env[name]);
    if (typeof value === 'string') {
      const text = value.trim();
      if (text !== '') variables.set(name, text);
    } else if (value !== undefined) {
      check.addIssue(`environment.env.${name}`, 'must be a string', value);
    }
  }
  check.throwIfInvalid();
  return variables;
}

function isStrings(value: unknown): boolean {
  return isArray(value) && value.every((each) => typeof each === 'string');
}
