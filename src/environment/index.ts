export { detectEnvironment, readEnvironment } from './detect.js';
export {
  type DetectedEnvironment,
  ENVIRONMENTS,
  type Environment,
  type EnvironmentFeature,
  type EnvironmentInput,
  type EnvironmentMetadata,
  type EnvironmentPreset,
  type EnvironmentRule,
  type EnvironmentSignal,
  isProduction,
  presetOf,
} from './environment.js';
export { findExactName, findNamePart } from './signals.js';
