export type { NamedPreset } from './named-preset.js';
export type { ConfigSuggestion, ConfigWarning, ValidationResult } from './result.js';
export { validateConfig } from './validate-config.js';
export { validatePreset } from './validate-preset.js';
