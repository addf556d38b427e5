import type { DetectedEnvironment, Environment } from './detected.js';

/** The presets that an environment can ask for. */
export type EnvironmentPreset = 'simple' | 'development' | 'production';

const PRESETS: Readonly<Record<Environment, EnvironmentPreset>> = {
  development: 'development',
  testing: 'development',
  staging: 'production',
  production: 'production',
  unknown: 'simple',
};

/** At this confidence and below, development is a guess. */
const GUESS = 0.5;
/** Above this confidence, production is production. */
const SURE_OF_PRODUCTION = 0.6;

/** The preset for an environment. `simple` where nothing is known of it. */
export function presetOf({
  environment,
  confidence,
}: Pick<DetectedEnvironment, 'environment' | 'confidence'>): EnvironmentPreset {
  return environment === 'development' && confidence <= GUESS ? 'simple' : PRESETS[environment];
}

/** Whether it is production, and that is more than a hint: a confidence above 0.6. */
export function isProduction({
  environment,
  confidence,
}: Pick<DetectedEnvironment, 'environment' | 'confidence'>): boolean {
  return environment === 'production' && confidence > SURE_OF_PRODUCTION;
}
