export type { ConfigSuggestion, ConfigWarning, ValidationResult } from './result.js';
export { validateConfig } from './validate-config.js';
export { type NamedPreset, validatePreset } from './validate-preset.js';
