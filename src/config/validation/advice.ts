import { type AnySetting, walkSettings } from '../../input/index.js';
import { BUILT_IN } from '../presets/catalog.js';

/** Advice for the fields of configs and presets that a config does not declare. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['config', "Write an object, such as { preset: 'production' }."],
  ['settings', 'Write settings, such as { deadlineMs: 60000 }.'],
  ['name', 'Write 1 to 50 characters.'],
  ['description', 'Say in 1 to 200 characters what it is for.'],
  ['environments', "Write those that it is meant for, such as ['staging', 'production']."],
]);

/** Names that the same things have elsewhere. None of them is a name here. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['retries', 'Write retry.maxAttempts: it counts the first attempt as well, so it is one more.'],
  ['maxRetries', 'Write retry.maxAttempts: it counts the first attempt as well, so it is one more.'],
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
  ['errorThresholdPercentage', 'Write breaker.trip.failureRate, as a share: 50 % are 0.5.'],
  ['volumeThreshold', 'Write breaker.trip.minimumCalls.'],
  ['rollingCountTimeout', 'Write breaker.trip.windowMs.'],
  ['recovery_timeout', 'Write breaker.openMs, in milliseconds.'],
  ['resetTimeout', 'Write breaker.openMs.'],
  ['half_open_max_calls', 'Write breaker.trials.'],
  ['timeout', 'Write deadlineMs for a call, or attemptTimeoutMs for one attempt.'],
  ['timeoutMs', 'Write deadlineMs for a call, or attemptTimeoutMs for one attempt.'],
  ['default_strategy', 'Write strategy.'],
  ['operation_overrides', 'Write operations, with a strategy in each.'],
]);

const CONFIG: Readonly<Record<string, AnySetting>> = BUILT_IN.config.settings;
const { each: operation } = BUILT_IN.config.settings.operations;
/** Every setting of an operation by its path. */
const SETTINGS = new Map(operation === undefined ? [] : walkSettings(operation));
const OF_SETTINGS = [...SETTINGS.keys()].flatMap((path) => path.split('.'));
const NAMES = new Set([...Object.keys(CONFIG), ...PARTS.keys(), ...OF_SETTINGS, ...ELSEWHERE.keys()]);

/** Whether a field has this name, here or in another library. */
export function isNameOfSomething(name: string): boolean {
  return NAMES.has(name);
}

/** What to write instead of a wrong part of a config or preset that is not a setting. */
export function adviceForPart(name: string): string | undefined {
  return (
    PARTS.get(name) ??
    (Object.hasOwn(CONFIG, name) ? CONFIG[name]?.info.advice : undefined) ??
    ELSEWHERE.get(name) ??
    placesOf(name)
  );
}

/** What to write instead of a wrong setting, by its path within the settings of an operation. */
export function adviceForSetting(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return SETTINGS.get(path)?.info.advice ?? ELSEWHERE.get(name) ?? placesOf(name);
}

/** Where a setting belongs that was found elsewhere. */
function placesOf(name: string): string | undefined {
  const paths = [...SETTINGS.keys()].filter(
    (path) => !path.startsWith('retry.kinds.') && (path === name || path.endsWith(`.${name}`)),
  );
  return paths.length === 0 ? undefined : `Write it as ${paths.join(' or ')} in defaults, or in an operation.`;
}
