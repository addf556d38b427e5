import type { EnvironmentFeature, EnvironmentSignal } from './detected.js';
import type { Facts } from './facts.js';
import { saysYes } from './facts.js';

/** Every feature that an environment can be detected for. */
export const FEATURES: readonly EnvironmentFeature[] = [
  'default',
  'ai_enabled',
  'security_enforcement',
  'cache_optimization',
  'resilience_strategy',
];

/** The variables that features look at. */
export const FEATURE_VARIABLES: readonly string[] = ['ENABLE_AI_CACHE', 'ENFORCE_AUTH'];

/** Whoever enforces logins is taken to serve the public: detected for that feature, this weighs more than any name. */
const ENFORCED = { environment: 'production', confidence: 0.98 } as const;

/** What the variables of a feature say about the environment. */
export function signalsByFeature({ feature, variables }: Facts): EnvironmentSignal[] {
  const value = variables.get('ENFORCE_AUTH');
  if (feature !== 'security_enforcement' || !saysYes(value)) return [];
  return [{ source: 'ENFORCE_AUTH', value, ...ENFORCED, reasoning: 'ENFORCE_AUTH asks for logins' }];
}

/** The prefix of cache keys of AI answers, where they are to be cached. */
export function aiPrefixOf({ feature, variables }: Facts): string | undefined {
  return feature === 'ai_enabled' && saysYes(variables.get('ENABLE_AI_CACHE')) ? 'ai-' : undefined;
}
