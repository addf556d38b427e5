import { configurationError, didYouMean } from '../../input/index.js';
import { deepFreeze } from '../../runtime/index.js';
import type { ConfigInput, OperationInput } from '../document.js';
import type { BuiltInStrategy } from '../presets/names.js';
import type { PresetEnvironment } from '../presets/presets.js';
import { STRATEGIES } from '../presets/strategies.js';

/** A complete config to start from. */
export interface Template {
  /** What it is for, in one sentence. */
  readonly description: string;
  /** The environments that it is meant for. */
  readonly environments: readonly PresetEnvironment[];
  readonly config: ConfigInput;
}

/** The names of the templates, in order. */
export const TEMPLATE_NAMES = [
  'fast_development',
  'robust_production',
  'low_latency',
  'high_throughput',
  'maximum_reliability',
] as const;

/** The name of a template. */
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** Every template by name. */
export const TEMPLATES: Readonly<Record<TemplateName, Template>> = deepFreeze({
  fast_development: {
    description: 'One attempt and a sensitive breaker, so that problems show during development.',
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
      operations: { qa: withStrategy('critical'), summarize: { strategy: 'conservative' } },
    },
  },
  low_latency: {
    description: 'Fails fast: no retries, and a breaker that opens early and recovers early. Set deadlineMs as well.',
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
    description: 'For many calls: few attempts each, and a breaker that tolerates the failures that volume brings.',
    environments: ['staging', 'production'],
    config: {
      preset: 'simple',
      strategy: 'balanced',
      defaults: { retry: { maxAttempts: 3 }, breaker: { trip: { consecutiveFailures: 8 }, openMs: 45_000 } },
      operations: { sentiment: withStrategy('aggressive'), key_points: { strategy: 'balanced' } },
    },
  },
  maximum_reliability: {
    description: 'Gives up last: for work that must not be lost, however long it takes.',
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
        sentiment: withStrategy('conservative'),
        key_points: withStrategy('conservative'),
        questions: withStrategy('conservative'),
      },
    },
  },
});

/**
 * Returns every template by name.
 *
 * @example
 * ```ts
 * for (const [name, { description }] of Object.entries(listTemplates())) console.log(name, description);
 * ```
 */
export function listTemplates(): Readonly<Record<TemplateName, Template>> {
  return TEMPLATES;
}

/**
 * Returns the template of a name.
 *
 * @example
 * ```ts
 * const resilience = createResilience({ config: getTemplate('robust_production').config });
 * ```
 *
 * @throws {ConfigurationError} if there is none.
 */
export function getTemplate(name: string): Template {
  const known = TEMPLATE_NAMES.find((each) => each === name);
  if (known !== undefined) return TEMPLATES[known];
  const message = `must be one of ${TEMPLATE_NAMES.join(', ')}`;
  throw configurationError('name', message, name, didYouMean(name, TEMPLATE_NAMES));
}

/**
 * Returns an operation with a strategy. The defaults of a template take precedence over any strategy, so the
 * settings of the strategy are repeated.
 */
function withStrategy(strategy: BuiltInStrategy): OperationInput {
  return { strategy, ...structuredClone(STRATEGIES[strategy].settings) };
}
