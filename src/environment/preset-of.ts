import { Check } from '../input/index.js';
import { type DetectedEnvironment, ENVIRONMENTS, type Environment } from './detected.js';

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

type Sighted = Pick<DetectedEnvironment, 'environment' | 'confidence'>;

/**
 * The preset for an environment. `simple` where nothing is known of it.
 *
 * @throws {ConfigurationError} for an environment that is none, or a confidence that is not from 0 to 1.
 */
export function presetOf(detected: Sighted): EnvironmentPreset {
  const { environment, confidence } = checked(detected);
  return environment === 'development' && confidence <= GUESS ? 'simple' : PRESETS[environment];
}

/**
 * Whether it is production, and that is more than a hint: a confidence above 0.6.
 *
 * @throws {ConfigurationError} for an environment that is none, or a confidence that is not from 0 to 1.
 */
export function isProduction(detected: Sighted): boolean {
  const { environment, confidence } = checked(detected);
  return environment === 'production' && confidence > SURE_OF_PRODUCTION;
}

function checked(detected: Sighted): Sighted {
  const check = new Check();
  const fields = check.record('detected', detected);
  if (fields !== undefined) {
    const { environment, confidence } = fields;
    check.oneOf('detected.environment', environment ?? null, ENVIRONMENTS);
    check.number('detected.confidence', confidence ?? null, { min: 0, max: 1 });
  }
  check.throwIfInvalid();
  return detected;
}
