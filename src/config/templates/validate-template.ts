import type { ConfigInput, OperationInput } from '../document.js';
import { unflatten } from '../flatten.js';
import type { SettingTable } from '../layers.js';
import { overlayConfigs, toMergedConfig } from '../merged-config.js';
import { BUILT_IN } from '../presets/catalog.js';
import type { ValidationResult } from '../validation/index.js';
import { parseConfigCopy, validateConfig, validateUntrusted } from '../validation/validate-config.js';
import { toWritten } from '../validation/written.js';
import { getTemplate } from './templates.js';

/** The result of validating a template with overrides. */
export interface TemplateValidation extends ValidationResult {
  /** Both as one config; `undefined` if single values of the overrides are invalid. */
  readonly config: ConfigInput | undefined;
}

/**
 * Merges a config over a template and validates the result as `validateConfig` does, including warnings about the template
 * itself.
 *
 * @param overrides what should differ from the template. Issues with it are in the result. Default: nothing.
 * @throws {ConfigurationError} if there is no template of that name.
 *
 * @example
 * ```ts
 * const { config, valid, warnings } = validateTemplate('robust_production', { defaults: { deadlineMs: 90_000 } });
 * ```
 */
export function validateTemplate(name: string, overrides: ConfigInput = {}): TemplateValidation {
  const template = getTemplate(name);
  let config: ConfigInput | undefined;
  const result = validateUntrusted(overrides, {
    path: 'config',
    parse: (copy) => parseConfigCopy(copy, BUILT_IN),
    toWritten: (given) => toWritten(given, BUILT_IN),
    judge: (given) => {
      config = mergeConfigs(template.config, given);
      return validateConfig(config);
    },
  });
  return { ...result, config };
}

/** Merges two valid configs, as layers are merged. */
function mergeConfigs(below: ConfigInput, above: ConfigInput): ConfigInput {
  const { preset, strategy, defaults, operations } = overlayConfigs(
    toMergedConfig(below, 'code'),
    toMergedConfig(above, 'code'),
  );
  const schema = above.$schema ?? below.$schema;
  return {
    ...(schema === undefined ? {} : { $schema: schema }),
    ...(preset === undefined ? {} : { preset: String(preset.value) }),
    ...(strategy === undefined ? {} : { strategy: String(strategy.value) }),
    defaults: unflatten(defaults),
    operations: Object.fromEntries([...operations].map(([name, own]) => [name, toOperation(own)])),
  };
}

function toOperation(own: SettingTable): OperationInput {
  const alias = own.get('alias')?.value;
  const strategy = own.get('strategy')?.value;
  return {
    ...(typeof alias === 'string' ? { alias } : {}),
    ...(typeof strategy === 'string' ? { strategy } : {}),
    ...unflatten(own),
  };
}
