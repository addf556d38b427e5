import type { ConfigInput } from '../../config/document.js';
import { BUILT_IN, listPresets } from '../../config/presets/catalog.js';
import type { EnvironmentInput } from '../../environment/index.js';
import { createResilience } from '../../orchestrator/index.js';
import type { Loading, Migration, Validation } from '../lazy-modules.js';
import type { Benchmark } from './bench.js';

/** A config of the usual size. */
const CUSTOM_CONFIG: ConfigInput = {
  preset: 'production',
  defaults: { deadlineMs: 90_000, retry: { maxAttempts: 4, jitterMaxMs: 1_000 } },
  operations: {
    summarize: { strategy: 'conservative', deadlineMs: 180_000 },
    sentiment: { strategy: 'aggressive', retry: false },
    key_points: { breaker: { openMs: 45_000, trip: { failureRate: 0.5, minimumCalls: 20, windowMs: 60_000 } } },
    questions: { retry: { maxAttempts: 2, kinds: { rate_limited: { maxAttempts: 6 } } } },
    qa: { strategy: 'critical', attemptTimeoutMs: 30_000 },
  },
};

/** The variables of a service that was configured by the legacy ones. */
const LEGACY_VARIABLES: Readonly<Record<string, string>> = {
  RETRY_MAX_ATTEMPTS: '4',
  CIRCUIT_BREAKER_FAILURE_THRESHOLD: '8',
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '90',
  DEFAULT_RESILIENCE_STRATEGY: 'conservative',
  RETRY_MAX_DELAY: '60',
  RETRY_EXPONENTIAL_MULTIPLIER: '1.0',
  RETRY_EXPONENTIAL_MIN: '2.0',
  RETRY_EXPONENTIAL_MAX: '20.0',
  RETRY_JITTER_ENABLED: 'true',
  RETRY_JITTER_MAX: '2.0',
  QA_RESILIENCE_STRATEGY: 'critical',
};

/** Valid configs, and ones with each of the usual mistakes. */
const VALIDATED: readonly unknown[] = [
  { preset: 'simple' },
  CUSTOM_CONFIG,
  { preset: 'produktion', defaults: { retry: { maxAttempts: 0 } } },
  { defaults: { deadlineMS: 30, retry: { minDelayMs: 20_000, maxDelayMs: 10_000 } } },
  { operations: { chat: { breaker: { openMs: '60' }, startegy: 'balanced' } } },
];

/** What the benchmarks use. */
export interface BenchmarkModules {
  readonly environment: EnvironmentInput;
  readonly loading: Loading;
  readonly validation: Validation;
  readonly migration: Migration;
}

/** The work of a service with its configuration, from looking up a preset to its start. */
export function buildBenchmarks(modules: BenchmarkModules): readonly Benchmark[] {
  const { environment, loading, validation, migration } = modules;
  const { loadConfig } = loading;
  const names = Object.keys(listPresets());
  return [
    {
      operation: 'preset_loading',
      kind: 'preset_access',
      iterations: 100,
      run: () => names.map((name) => BUILT_IN.findPreset(name)),
    },
    {
      operation: 'settings_initialization',
      kind: 'config_loading',
      iterations: 50,
      run: () => loadConfig({ environment }),
    },
    {
      operation: 'resilience_config_loading',
      kind: 'config_loading',
      iterations: 50,
      run: () => names.map((preset) => loadConfig({ environment, preset }).explain()),
    },
    {
      operation: 'service_initialization',
      kind: 'service_init',
      iterations: 25,
      run: () => createResilience({ environment, config: CUSTOM_CONFIG }),
    },
    {
      operation: 'custom_config_loading',
      kind: 'config_loading',
      iterations: 25,
      run: () => loadConfig({ environment, config: CUSTOM_CONFIG }).explain('summarize'),
    },
    {
      operation: 'legacy_config_loading',
      kind: 'config_loading',
      iterations: 25,
      run: () => loadConfig({ environment, config: migration.migrate({ env: LEGACY_VARIABLES }).config }),
    },
    {
      operation: 'validation_performance',
      kind: 'validation',
      iterations: 50,
      run: () => VALIDATED.map((config) => validation.validateConfig(config)),
    },
  ];
}
