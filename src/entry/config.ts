/**
 * Inspects the configuration of the running process.
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
} from '../config/load/index.js';
export { listPresets, listStrategies, type OwnPresets } from '../config/presets/catalog.js';
export type { BuiltInPreset, BuiltInStrategy, PresetName, StrategyName } from '../config/presets/names.js';
export {
  PRESETS as presets,
  type Preset,
  type PresetEnvironment,
} from '../config/presets/presets.js';
export { STRATEGIES as strategies, type Strategy } from '../config/presets/strategies.js';
export { type PresetRecommendation, recommendPreset } from '../config/recommendation.js';
export {
  FORBIDDEN_PATTERNS,
  type ForbiddenPattern,
  SECURITY_LIMITS,
  type SecurityLimits,
  type SecurityResult,
  validateSecurity,
} from '../config/security/index.js';
export type { ResolvedSettings, Settings } from '../config/settings.js';
export {
  getTemplate,
  listTemplates,
  suggestTemplate,
  TEMPLATES as templates,
  type Template,
  type TemplateName,
  type TemplateSuggestion,
  type TemplateValidation,
  type TemplateValues,
  validateTemplate,
} from '../config/templates/index.js';
export type { LoadRecorder, LoadRecordOptions } from '../config/usage.js';
export {
  type ConfigSuggestion,
  type ConfigWarning,
  type NamedPreset,
  type ValidationResult,
  validateConfig,
  validatePreset,
} from '../config/validation/index.js';
export {
  type Configurable,
  type WatchedChange,
  type WatchedConfig,
  type WatchOptions,
  watchConfig,
} from '../config/watch/index.js';
export {
  type DetectedEnvironment,
  detectEnvironment,
  type Environment,
  type EnvironmentFeature,
  type EnvironmentInput,
  type EnvironmentMetadata,
  type EnvironmentPreset,
  type EnvironmentRule,
  type EnvironmentSignal,
  isProduction,
  presetOf,
  readEnvironment,
} from '../environment/index.js';
export {
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/index.js';
