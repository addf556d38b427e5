import { RETRYABLE_KINDS } from '../../retry/options-rules.js';

/** The parts of configs and presets that are no settings. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['config', "Write an object, such as { preset: 'production' }."],
  ['preset', "Write 'auto' for the one that suits the environment."],
  ['strategy', "'balanced' suits most calls."],
  ['defaults', 'Write settings, such as { deadlineMs: 60000 }.'],
  ['settings', 'Write settings, such as { deadlineMs: 60000 }.'],
  ['operations', 'Write settings by name, such as { chat: { deadlineMs: 60000 } }.'],
  ['name', 'Write 1 to 50 characters.'],
  ['description', 'Say in 1 to 200 characters what it is for.'],
  ['environments', "Write those that it is meant for, such as ['staging', 'production']."],
]);

/** What suits most, by the path of a setting. Kinds of failures have the settings of `retry`. */
const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['strategy', "'balanced' suits most calls."],
  ['alias', 'Write the name of an operation.'],
  ['deadlineMs', 'Write milliseconds: 120000 suits most calls.'],
  ['attemptTimeoutMs', 'Write milliseconds: 60000 suits most calls.'],
  ['retry', 'Write settings, such as { maxAttempts: 3 }, or false for no retries.'],
  ['retry.maxAttempts', '3 suits most calls; 1 means no retries.'],
  ['retry.strategy', "'exponential' suits most services."],
  ['retry.minDelayMs', 'Write milliseconds, 500 to 10000: 2000 suits most services.'],
  ['retry.maxDelayMs', 'Write milliseconds, 5000 to 120000: 10000 suits most services.'],
  ['retry.multiplier', 'Write 0.1 to 5: 1 leaves waits as they are.'],
  ['retry.jitter', "'equal' suits most services."],
  ['retry.jitterMaxMs', 'Write milliseconds, 100 to 10000: 2000 suits most services.'],
  ['retry.maxElapsedMs', 'Write milliseconds, 5000 to 600000, or false: 30000 suits most calls.'],
  ['retry.kinds', 'Write settings by kind, such as { rate_limited: { maxAttempts: 5 } }.'],
  ['retry.budget', 'Write settings, such as { ratio: 0.2 }.'],
  ['retry.budget.ratio', 'Write 0 to 1: 0.2 lets every fifth call be retried.'],
  ['retry.budget.floorPerSecond', '5 lets a quiet service retry.'],
  ['retry.budget.burst', 'Write 1 at least: 10 suits most services.'],
  ['quota', 'Write settings, such as { maxWaitMs: 30000 }, or false.'],
  ['quota.maxWaitMs', 'Write milliseconds: 30000 suits most calls.'],
  ['quota.exhaustedMs', 'Write milliseconds: 300000 suits most services.'],
  ['quota.maxHoldMs', 'Write milliseconds: 3600000 suits most services.'],
  ['quota.spreadMs', 'Write milliseconds: 1000 suits most services.'],
  ['breaker', 'Write settings, such as { openMs: 60000 }, or false for no breaker.'],
  ['breaker.trip', 'Write one rule at least, such as { consecutiveFailures: 5 }.'],
  ['breaker.trip.consecutiveFailures', 'Write 3 to 20: 5 suits most services.'],
  ['breaker.trip.failureRate', 'Write a share: 0.5 opens when half of the calls fail.'],
  ['breaker.trip.minimumCalls', '20 keeps a few calls from deciding.'],
  ['breaker.trip.windowMs', 'Write milliseconds: 60000 looks a minute back.'],
  ['breaker.trip.slowCallMs', 'Write milliseconds: what is slow for this service.'],
  ['breaker.trip.slowCallRate', 'Write a share: 1 opens when all calls are slow.'],
  ['breaker.openMs', 'Write milliseconds, 10000 to 300000: 60000 suits most services.'],
  ['breaker.openMaxMs', 'Write milliseconds: five times openMs suits most services.'],
  ['breaker.trials', '1 suits most services.'],
  ['breaker.successesToClose', '1 suits most services.'],
  ['breaker.trialLeaseMs', 'Leave it out: it follows attemptTimeoutMs.'],
  ['breaker.mode', "Write 'observe' to count and reject nobody."],
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

const OF_SETTINGS = [...SETTINGS.keys()].flatMap((path) => path.split('.'));
const NAMES = new Set(['$schema', ...PARTS.keys(), ...OF_SETTINGS, ...RETRYABLE_KINDS, ...ELSEWHERE.keys()]);

/** Whether anything is called so, here or elsewhere. */
export function isNameOfSomething(name: string): boolean {
  return NAMES.has(name);
}

/** What to write instead of what is wrong with a part that is no setting. */
export function adviceForPart(name: string): string | undefined {
  return PARTS.get(name) ?? ELSEWHERE.get(name) ?? placesOf(name);
}

/** What to write instead of what is wrong with a setting, by its path within settings. */
export function adviceForSetting(path: string): string | undefined {
  const setting = path.replace(/^retry\.kinds\.\w+\./, 'retry.');
  const name = path.slice(path.lastIndexOf('.') + 1);
  return SETTINGS.get(setting) ?? ELSEWHERE.get(name) ?? placesOf(name);
}

/** Where a setting belongs that stands elsewhere. */
function placesOf(name: string): string | undefined {
  const paths = [...SETTINGS.keys()].filter((path) => path === name || path.endsWith(`.${name}`));
  return paths.length === 0 ? undefined : `Write it as ${paths.join(' or ')} in defaults, or in an operation.`;
}
