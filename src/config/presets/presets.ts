import type { OperationInput } from '../document.js';
import type { Settings } from '../settings.js';
import type { BuiltInPreset, StrategyName } from './names.js';

/** Settings for all operations of a service, chosen by its environment. */
export interface Preset {
  /** What it is for, in one sentence. */
  readonly description: string;
  /** The strategy that its settings follow. */
  readonly strategy: StrategyName;
  /** Settings of every operation. */
  readonly settings: Settings;
  /** Operations with another strategy, and aliases of operations. */
  readonly operations: Readonly<Record<string, OperationInput>>;
  /** The environments that it is meant for. */
  readonly environments: readonly PresetEnvironment[];
}

/** An environment that a preset can be meant for. */
export type PresetEnvironment = 'development' | 'testing' | 'staging' | 'production';

interface Numbers {
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly multiplier: number;
  readonly failures: number;
  readonly openMs: number;
}

/** Aliases of the operations that presets know. */
const ALIASES: Readonly<Record<string, OperationInput>> = {
  summarize_text: { alias: 'summarize' },
  analyze_sentiment: { alias: 'sentiment' },
  extract_key_points: { alias: 'key_points' },
  generate_questions: { alias: 'questions' },
  answer_question: { alias: 'qa' },
};

/** Presets that are built in. */
export const PRESETS: Readonly<Record<BuiltInPreset, Preset>> = {
  simple: {
    description: 'Balanced settings that suit every environment.',
    strategy: 'balanced',
    settings: buildSettings({
      attempts: 3,
      elapsedMs: 60_000,
      minDelayMs: 2_000,
      maxDelayMs: 10_000,
      multiplier: 0.5,
      failures: 5,
      openMs: 60_000,
    }),
    operations: ALIASES,
    environments: ['development', 'testing', 'staging', 'production'],
  },
  development: {
    description: 'Fails fast, so that problems show during development.',
    strategy: 'aggressive',
    settings: buildSettings({
      attempts: 2,
      elapsedMs: 40_000,
      minDelayMs: 1_000,
      maxDelayMs: 5_000,
      multiplier: 0.5,
      failures: 3,
      openMs: 30_000,
    }),
    operations: { ...ALIASES, sentiment: { strategy: 'aggressive' }, qa: { strategy: 'balanced' } },
    environments: ['development', 'testing'],
  },
  production: {
    description: 'Patient and careful, for services that people depend on.',
    strategy: 'conservative',
    settings: buildSettings({
      attempts: 5,
      elapsedMs: 100_000,
      minDelayMs: 2_000,
      maxDelayMs: 30_000,
      multiplier: 0.75,
      failures: 10,
      openMs: 120_000,
    }),
    operations: {
      ...ALIASES,
      qa: { strategy: 'critical' },
      sentiment: { strategy: 'aggressive' },
      summarize: { strategy: 'conservative' },
      key_points: { strategy: 'balanced' },
      questions: { strategy: 'balanced' },
    },
    environments: ['production', 'staging'],
  },
};

function buildSettings({ attempts, elapsedMs, failures, openMs, ...waits }: Numbers): Settings {
  return {
    retry: {
      maxAttempts: attempts,
      maxElapsedMs: elapsedMs,
      strategy: 'exponential',
      ...waits,
      jitter: 'additive',
      jitterMaxMs: 2_000,
    },
    breaker: { trip: { consecutiveFailures: failures }, openMs },
  };
}
