/**
 * What a process can find out about its own configuration.
 *
 * @packageDocumentation
 */

export type { ConfigChange, SettingChange } from '../config/change.js';
export type { ConfigInput, OperationInput } from '../config/document.js';
export type { EffectiveConfig } from '../config/effective-config.js';
export type { ConfigChanged, ConfigRefused } from '../config/events.js';
export type { DocumentLayer, Layer, Setting } from '../config/layers.js';
export {
  type ConfigFormat,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  parseConfig,
  readConfigFile,
} from '../config/load/load.js';
export { listPresets, listStrategies, type OwnPresets } from '../config/presets/catalog.js';
export {
  type BuiltInPreset,
  PRESETS as presets,
  type Preset,
  type PresetEnvironment,
} from '../config/presets/presets.js';
export { type BuiltInStrategy, STRATEGIES as strategies, type Strategy } from '../config/presets/strategies.js';
export { type PresetRecommendation, recommendPreset } from '../config/recommendation.js';
export {
  FORBIDDEN_PATTERNS,
  type ForbiddenPattern,
  SECURITY_LIMITS,
  type SecurityLimits,
  type SecurityResult,
  validateSecurity,
} from '../config/security/security.js';
export type { ResolvedSettings, Settings } from '../config/settings.js';
export {
  suggestTemplate,
  type TemplateSuggestion,
} from '../config/templates/suggest.js';
export {
  getTemplate,
  listTemplates,
  TEMPLATES as templates,
  type Template,
  type TemplateName,
} from '../config/templates/templates.js';
export { type TemplateValidation, validateTemplate } from '../config/templates/validate-template.js';
export type { TemplateValues } from '../config/templates/wishes.js';
export {
  type ConfigSuggestion,
  type ConfigWarning,
  type NamedPreset,
  type ValidationResult,
  validateConfig,
  validatePreset,
} from '../config/validation/validation.js';
export {
  type Configurable,
  type WatchedChange,
  type WatchedConfig,
  type WatchOptions,
  watchConfig,
} from '../config/watch/watch.js';
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
} from '../environment/environment.js';
export {
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/index.js';
