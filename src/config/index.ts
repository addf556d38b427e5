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
export type { ConfigChange, SettingChange } from './change.js';
export type { ConfigInput, OperationInput } from './document.js';
export type { EffectiveConfig } from './effective-config.js';
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
export type { ConfigChanged, ConfigRefused } from './events.js';
export type { DocumentLayer, Layer, Setting } from './layers.js';
export {
  type ConfigFormat,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  parseConfig,
  readConfigFile,
} from './load/load.js';
export {
  type CockatielBreaker,
  type CockatielOptions,
  type CockatielRetry,
  type CockatielTimeout,
  type Migration,
  type MigrationDifference,
  type MigrationLevel,
  type MigrationNote,
  type MigrationScripts,
  type MigrationSource,
  migrate,
  type OpossumOptions,
  type PRetryOptions,
} from './migration/migration.js';
export {
  type BuiltInPreset,
  PRESETS as presets,
  type Preset,
  type PresetEnvironment,
} from './presets/presets.js';
export { registerPreset, registerStrategy } from './presets/register.js';
export { listPresets, listStrategies } from './presets/registry.js';
export { type BuiltInStrategy, STRATEGIES as strategies, type Strategy } from './presets/strategies.js';
export { type PresetRecommendation, recommendPreset } from './recommendation.js';
export {
  ClientRateLimit,
  type ClientRateLimitOptions,
  type ClientRateLimitStatus,
  type ClientRateLimitVerdict,
  FORBIDDEN_PATTERNS,
  type ForbiddenPattern,
  SECURITY_LIMITS,
  type SecurityLimits,
  type SecurityResult,
  validateSecurity,
} from './security/security.js';
export type { EffectiveSettings, Settings } from './settings.js';
export {
  suggestTemplate,
  type TemplateSuggestion,
} from './templates/suggest.js';
export {
  getTemplate,
  listTemplates,
  TEMPLATES as templates,
  type Template,
  type TemplateName,
} from './templates/templates.js';
export { type TemplateValidation, validateTemplate } from './templates/validate-template.js';
export type { TemplateValues } from './templates/wishes.js';
export {
  type AuditEntry,
  type AuditQuery,
  type AuditRecord,
  type AuditRecorder,
  AuditTrail,
  type AuditTrailOptions,
  type ConfigEventSource,
  type ExportFormat,
  type LoadPerformance,
  type PresetPerformance,
  type SessionUsage,
  type UsageAbout,
  type UsageAlert,
  type UsageAlertChange,
  type UsageAlertLevel,
  type UsageAlertRule,
  type UsageDetails,
  type UsageEvent,
  type UsageEventType,
  UsageMonitor,
  type UsageMonitorOptions,
  type UsageRecorder,
  type UsageSource,
  type UsageStatistics,
  type UsageThresholds,
  type UsageTrendPoint,
  type UsageWatch,
  type WatchUsageOptions,
  watchUsage,
} from './usage/usage.js';
export {
  type ConfigSuggestion,
  type ConfigWarning,
  type NamedPreset,
  type ValidationResult,
  validateConfig,
  validatePreset,
} from './validation/validation.js';
export {
  type Configurable,
  type WatchedChange,
  type WatchedConfig,
  type WatchOptions,
  watchConfig,
} from './watch/watch.js';
