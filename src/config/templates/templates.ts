import { configurationError, didYouMean } from '../../input/index.js';
import { deepFreeze } from '../../runtime/index.js';
import type { ConfigInput, OperationInput } from '../document.js';
import type { PresetEnvironment } from '../presets/presets.js';
import { type BuiltInStrategy, STRATEGIES } from '../presets/strategies.js';

/** A whole config to start from, for a need that is named. */
export interface Template {
  /** What it is for, in one sentence. */
  readonly description: string;
  /** The environments that it suits. */
  readonly environments: readonly PresetEnvironment[];
  readonly config: ConfigInput;
}

/** The names of the templates, in their order. */
export const TEMPLATE_NAMES = [
  'fast_development',
  'robust_production',
  'low_latency',
  'high_throughput',
  'maximum_reliability',
] as const;

/** A template that is built in. */
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** Templates that are built in. */
export const TEMPLATES: Readonly<Record<TemplateName, Template>> = deepFreeze({
  fast_development: {
    description: 'One attempt and a breaker that opens soon, so that whoever is at work on it sees what is wrong.',
    environments: ['development', 'testing'],
    config: {
      preset: 'development',
      strategy: 'aggressive',
      defaults: { retry: { maxAttempts: 1 }, breaker: { trip: { consecutiveFailures: 2 }, openMs: 15_000 } },
      operations: { sentiment: { strategy: 'aggressive' } },
    },
  },
  robust_production: {
    description: 'Patient and careful, for work that people depend on.',
    environments: ['staging', 'production'],
    config: {
      preset: 'production',
      strategy: 'conservative',
      defaults: { retry: { maxAttempts: 6 }, breaker: { trip: { consecutiveFailures: 12 }, openMs: 180_000 } },
      operations: { qa: inManner('critical'), summarize: { strategy: 'conservative' } },
    },
  },
  low_latency: {
    description:
      'Fails at once: no retries, a breaker that opens soon and tries again soon. Bound the call itself by deadlineMs.',
    environments: ['development', 'testing', 'staging', 'production'],
    config: {
      preset: 'simple',
      strategy: 'aggressive',
      defaults: {
        retry: { maxAttempts: 1, maxElapsedMs: 5_000, minDelayMs: 500, maxDelayMs: 5_000, multiplier: 1 },
        breaker: { trip: { consecutiveFailures: 2 }, openMs: 10_000 },
      },
    },
  },
  high_throughput: {
    description: 'Many calls: a few attempts each, and a breaker that bears the failures which many calls bring.',
    environments: ['staging', 'production'],
    config: {
      preset: 'simple',
      strategy: 'balanced',
      defaults: { retry: { maxAttempts: 3 }, breaker: { trip: { consecutiveFailures: 8 }, openMs: 45_000 } },
      operations: { sentiment: inManner('aggressive'), key_points: { strategy: 'balanced' } },
    },
  },
  maximum_reliability: {
    description: 'Gives up last: for what must not be lost, however long it takes.',
    environments: ['staging', 'production'],
    config: {
      preset: 'simple',
      strategy: 'critical',
      defaults: {
        retry: {
          maxAttempts: 8,
          minDelayMs: 3_000,
          maxDelayMs: 60_000,
          multiplier: 2 / 3,
          jitter: 'additive',
          jitterMaxMs: 5_000,
        },
        breaker: { trip: { consecutiveFailures: 15 }, openMs: 300_000 },
      },
      operations: {
        qa: { strategy: 'critical' },
        summarize: { strategy: 'critical' },
        sentiment: inManner('conservative'),
        key_points: inManner('conservative'),
        questions: inManner('conservative'),
      },
    },
  },
});

/** Every template by its name. */
export function listTemplates(): Readonly<Record<TemplateName, Template>> {
  return TEMPLATES;
}

/**
 * The template of a name.
 *
 * @throws {ConfigurationError} when there is none.
 */
export function getTemplate(name: string): Template {
  const found = TEMPLATE_NAMES.find((known) => known === name);
  if (found !== undefined) return TEMPLATES[found];
  throw configurationError(
    'name',
    `must be one of ${TEMPLATE_NAMES.join(', ')}`,
    name,
    didYouMean(name, TEMPLATE_NAMES),
  );
}

/**
 * An operation with another strategy than the rest. What a template says of all operations lies over strategies, so the
 * strategy's own settings are said again.
 */
function inManner(strategy: BuiltInStrategy): OperationInput {
  return { strategy, ...structuredClone(STRATEGIES[strategy].settings) };
}
