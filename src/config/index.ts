/**
 * What a process can find out about its own configuration.
 *
 * @packageDocumentation
 */
export {
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/errors.js';
export {
  type DetectedEnvironment,
  detectEnvironment,
  type Environment,
  type EnvironmentFeature,
  type EnvironmentInput,
  type EnvironmentMetadata,
  type EnvironmentPreset,
  type EnvironmentSignal,
  isProduction,
  presetOf,
  readEnvironment,
} from './environment/environment.js';
export { type PresetRecommendation, recommendPreset } from './recommendation.js';
