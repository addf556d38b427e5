import { Check, isObject, type NumberRule, parseShallowJson } from '../input/index.js';
import { OPERATIONS, STRATEGY_NAMES } from './legacy-variables.js';

/** What a key may be: a number within bounds, one of several words, or `true` or `false`. */
type Rule = NumberRule | readonly string[] | 'flag';

/** The keys of `RESILIENCE_CUSTOM_CONFIG`, the variables that mean the same, and what the old library accepted. */
const KEYS: readonly (readonly [key: string, variable: string, rule: Rule])[] = [
  ['retry_attempts', 'RETRY_MAX_ATTEMPTS', { min: 1, max: 10, integer: true }],
  ['circuit_breaker_threshold', 'CIRCUIT_BREAKER_FAILURE_THRESHOLD', { min: 1, max: 20, integer: true }],
  ['recovery_timeout', 'CIRCUIT_BREAKER_RECOVERY_TIMEOUT', { min: 10, max: 300, integer: true }],
  ['default_strategy', 'DEFAULT_RESILIENCE_STRATEGY', STRATEGY_NAMES],
  ['max_delay_seconds', 'RETRY_MAX_DELAY', { min: 5, max: 600, integer: true }],
  ['exponential_multiplier', 'RETRY_EXPONENTIAL_MULTIPLIER', { min: 0.1, max: 5 }],
  ['exponential_min', 'RETRY_EXPONENTIAL_MIN', { min: 0.5, max: 10 }],
  ['exponential_max', 'RETRY_EXPONENTIAL_MAX', { min: 5, max: 120 }],
  ['jitter_enabled', 'RETRY_JITTER_ENABLED', 'flag'],
  ['jitter_max', 'RETRY_JITTER_MAX', { min: 0.1, max: 10 }],
];
const OVERRIDES = 'operation_overrides';

/** One value of a custom config. */
export interface CustomValue {
  /** The legacy variable that means the same, and the text that it would have. */
  readonly variable: string;
  readonly text: string;
  /** What the value is called in a note. */
  readonly label: string;
}

/**
 * Reads the values of a custom config.
 *
 * @param name what the config is called in messages.
 * @returns why it had no effect, if it had none: the old library skipped all of it if one value was wrong.
 */
export function readCustomConfig(name: string, text: string): readonly CustomValue[] | string {
  const config = parseJson(text);
  if (!isObject(config)) return 'it is not a JSON object';
  const check = new Check();
  const values: CustomValue[] = [];
  const read = (path: string, part: object, key: string, variable: string, rule: Rule): void => {
    const value: unknown = Object.hasOwn(part, key) ? Reflect.get(part, key) : undefined;
    const label = `${path}.${key}`;
    checkValue(check, label, value, rule);
    if (value !== undefined) values.push({ variable, text: String(value), label });
  };
  check.fields(name, config, [...KEYS.map(([key]) => key), OVERRIDES]);
  for (const [key, variable, rule] of KEYS) read(name, config, key, variable, rule);
  const path = `${name}.${OVERRIDES}`;
  const operations = OPERATIONS.map(([, operation]) => operation);
  const overrides = check.fields(path, Reflect.get(config, OVERRIDES) ?? {}, operations) ?? {};
  for (const [variable, operation] of OPERATIONS) read(path, overrides, operation, variable, STRATEGY_NAMES);
  const [issue] = check.issues;
  if (issue !== undefined) return `${issue.path} ${issue.message}, so all of it had no effect`;
  return values.length === 0 ? 'it has no settings' : values;
}

function checkValue(check: Check, path: string, value: unknown, rule: Rule): void {
  if (rule === 'flag') check.boolean(path, value);
  else if ('max' in rule) check.number(path, value, rule);
  else check.oneOf(path, value, rule);
}

function parseJson(text: string): unknown {
  try {
    return parseShallowJson(text);
  } catch {
    return undefined;
  }
}
