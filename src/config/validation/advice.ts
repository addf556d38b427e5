import type { ConfigurationIssue } from '../../errors/index.js';
import { type AnySetting, walkSettings } from '../../input/index.js';
import { BUILT_IN } from '../presets/catalog.js';
import { findPlace, type Written } from './written.js';

/** Advice for the fields of configs and presets that a config does not declare. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['config', "Write an object, such as { preset: 'production' }."],
  ['settings', 'Write settings, such as { deadlineMs: 60000 }.'],
  ['name', 'Write 1 to 50 characters.'],
  ['description', 'Say what it is for in 1 to 200 characters.'],
  ['environments', "List the environments that it is meant for, such as ['staging', 'production']."],
]);

/** What to write instead of the names that other libraries use. None of them is the name of a setting here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['retries', 'Write retry.maxAttempts: it includes the first attempt, so it is one more.'],
  ['maxRetries', 'Write retry.maxAttempts: it includes the first attempt, so it is one more.'],
  ['retry_attempts', 'Write retry.maxAttempts.'],
  ['max_attempts', 'Write retry.maxAttempts.'],
  ['max_delay_seconds', 'Write retry.maxElapsedMs, in milliseconds.'],
  ['exponential_multiplier', 'Write retry.multiplier, which scales minDelayMs.'],
  ['exponential_min', 'Write retry.minDelayMs, in milliseconds.'],
  ['exponential_max', 'Write retry.maxDelayMs, in milliseconds.'],
  ['minTimeout', 'Write retry.minDelayMs.'],
  ['maxTimeout', 'Write retry.maxDelayMs.'],
  ['jitter_enabled', "Write retry.jitter: 'additive' or 'none'."],
  ['jitter_max', 'Write retry.jitterMaxMs, in milliseconds.'],
  ['maxRetryTime', 'Write retry.maxElapsedMs.'],
  ['circuit_breaker_threshold', 'Write breaker.trip.consecutiveFailures.'],
  ['failure_threshold', 'Write breaker.trip.consecutiveFailures.'],
  ['failureThreshold', 'Write breaker.trip.consecutiveFailures.'],
  ['errorThresholdPercentage', 'Write breaker.trip.failureRate, as a share: 50 % is 0.5.'],
  ['volumeThreshold', 'Write breaker.trip.minimumCalls.'],
  ['rollingCountTimeout', 'Write breaker.trip.windowMs.'],
  ['recovery_timeout', 'Write breaker.openMs, in milliseconds.'],
  ['resetTimeout', 'Write breaker.openMs.'],
  ['half_open_max_calls', 'Write breaker.trials.'],
  ['timeout', 'Write deadlineMs for a call, or attemptTimeoutMs for one attempt.'],
  ['timeoutMs', 'Write deadlineMs for a call, or attemptTimeoutMs for one attempt.'],
  ['default_strategy', 'Write strategy.'],
  ['operation_overrides', 'Write operations, each with a strategy.'],
]);

const CONFIG: Readonly<Record<string, AnySetting>> = BUILT_IN.config.settings;
const { each: operation } = BUILT_IN.config.settings.operations;
/** Every setting of an operation by its path. */
const SETTINGS = new Map(operation === undefined ? [] : walkSettings(operation));
const OF_SETTINGS = [...SETTINGS.keys()].flatMap((path) => path.split('.'));
const NAMES = new Set([...Object.keys(CONFIG), ...PARTS.keys(), ...OF_SETTINGS, ...ELSEWHERE.keys()]);

/** Returns whether a setting has this name, here or in another library. */
export function isKnownName(name: string): boolean {
  return NAMES.has(name);
}

/**
 * Adds to each issue what to write instead, and where the value is written. An issue that several operations inherit is
 * listed once.
 *
 * @param operations the names of the operations, which may hold dots.
 * @param written where values are written, if each of them is valid by itself.
 */
export function adviseIssues(
  issues: readonly ConfigurationIssue[],
  operations: readonly string[],
  written: Written | undefined,
): readonly ConfigurationIssue[] {
  const names = new Set(operations);
  const advised = issues.map((issue) => {
    const { operation, setting, part } = parsePath(issue.path, names);
    const place = written && setting && findPlace(written, operation, setting);
    const suggestion = issue.suggestion ?? (setting === undefined ? findPartAdvice(part) : findSettingAdvice(setting));
    const path = place ? place.path : issue.path;
    return suggestion === undefined ? { ...issue, path } : { ...issue, path, suggestion };
  });
  return [...new Map(advised.map((issue) => [JSON.stringify(issue), issue])).values()];
}

/** What the path of an issue is about. */
interface Topic {
  /** The part of the whole, if it is not a setting: `preset`. */
  readonly part?: string;
  /** `undefined` for all operations. */
  readonly operation?: string;
  /** The path within settings: `retry.jitter`. */
  readonly setting?: string;
}

/** Parses a path such as `config.operations.chat.retry.jitter`. */
function parsePath(path: string, operations: ReadonlySet<string>): Topic {
  const within = path.slice(path.indexOf('.') + 1);
  const [part = ''] = within.split(/[.[]/, 1);
  const rest = within.slice(part.length + 1);
  if (rest !== '' && (part === 'defaults' || part === 'settings')) return { setting: rest };
  const operation = part === 'operations' ? findOperation(rest, operations) : undefined;
  if (operation === undefined) return { part };
  const setting = rest.slice(operation.length + 1);
  return setting === '' ? { operation } : { operation, setting };
}

/** Finds the longest name that a path begins with, from its end: settings have few dots, and names may have many. */
function findOperation(path: string, operations: ReadonlySet<string>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (operations.has(name)) return name;
  }
  return undefined;
}

/** Finds what to write instead of a wrong part of a config or preset that is not a setting. */
function findPartAdvice(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const declared = Object.hasOwn(CONFIG, name) ? CONFIG[name]?.info.advice : undefined;
  return PARTS.get(name) ?? declared ?? ELSEWHERE.get(name) ?? suggestPaths(name);
}

/** Finds what to write instead of a wrong setting, by its path within the settings of an operation. */
function findSettingAdvice(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return SETTINGS.get(path)?.info.advice ?? ELSEWHERE.get(name) ?? suggestPaths(name);
}

/** Suggests where a setting belongs that stands in a wrong place. */
function suggestPaths(name: string): string | undefined {
  const paths = [...SETTINGS.keys()].filter(
    (path) => !path.startsWith('retry.kinds.') && (path === name || path.endsWith(`.${name}`)),
  );
  return paths.length === 0 ? undefined : `Write it as ${paths.join(' or ')} in defaults, or in an operation.`;
}
