/** Variables that hold a number of seconds or of times. */
export const LEGACY_NUMBERS = [
  'RETRY_MAX_ATTEMPTS',
  'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
  'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
  'RETRY_MAX_DELAY',
  'RETRY_EXPONENTIAL_MULTIPLIER',
  'RETRY_EXPONENTIAL_MIN',
  'RETRY_EXPONENTIAL_MAX',
  'RETRY_JITTER_MAX',
] as const;

/** Of these, those that hold whole numbers. */
export const LEGACY_WHOLE: ReadonlySet<string> = new Set([
  'RETRY_MAX_ATTEMPTS',
  'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
  'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
  'RETRY_MAX_DELAY',
]);

/** Variables that switch a stage on or off, and what they switch. */
export const LEGACY_SWITCHES = [
  ['CIRCUIT_BREAKER_ENABLED', ['breaker']],
  ['RETRY_ENABLED', ['retry']],
  ['RESILIENCE_ENABLED', ['retry', 'breaker']],
] as const;

/** Variables that name the strategy of an operation, and the operation. */
export const LEGACY_OPERATIONS = [
  ['SUMMARIZE_RESILIENCE_STRATEGY', 'summarize'],
  ['SENTIMENT_RESILIENCE_STRATEGY', 'sentiment'],
  ['KEY_POINTS_RESILIENCE_STRATEGY', 'key_points'],
  ['QUESTIONS_RESILIENCE_STRATEGY', 'questions'],
  ['QA_RESILIENCE_STRATEGY', 'qa'],
] as const;

export type LegacyNumber = (typeof LEGACY_NUMBERS)[number];
export type LegacySwitch = (typeof LEGACY_SWITCHES)[number][0];
type LegacyOperation = (typeof LEGACY_OPERATIONS)[number][0];
export type LegacyVariable =
  | LegacyNumber
  | LegacySwitch
  | LegacyOperation
  | 'DEFAULT_RESILIENCE_STRATEGY'
  | 'RETRY_JITTER_ENABLED';

/** The seventeen legacy variables, and `RESILIENCE_ENABLED` behind them. No other is ever read. */
export const LEGACY_VARIABLES: readonly LegacyVariable[] = [
  'RETRY_MAX_ATTEMPTS',
  'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
  'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
  'DEFAULT_RESILIENCE_STRATEGY',
  'RETRY_MAX_DELAY',
  'RETRY_EXPONENTIAL_MULTIPLIER',
  'RETRY_EXPONENTIAL_MIN',
  'RETRY_EXPONENTIAL_MAX',
  'RETRY_JITTER_ENABLED',
  'RETRY_JITTER_MAX',
  'SUMMARIZE_RESILIENCE_STRATEGY',
  'SENTIMENT_RESILIENCE_STRATEGY',
  'KEY_POINTS_RESILIENCE_STRATEGY',
  'QUESTIONS_RESILIENCE_STRATEGY',
  'QA_RESILIENCE_STRATEGY',
  'CIRCUIT_BREAKER_ENABLED',
  'RETRY_ENABLED',
  'RESILIENCE_ENABLED',
];
