import type { ConfigInput } from '../document.js';
import { BUILT_IN } from '../presets/catalog.js';
import { parseConfigCopy, validateConfig } from '../validation/validate-config.js';
import { validated } from '../validation/validated.js';
import type { ValidationResult } from '../validation/validation.js';
import { writtenIn } from '../validation/written.js';
import { configLaidOver } from './laid-over.js';
import { getTemplate } from './templates.js';

/** What there is to say of a template and what is laid over it. */
export interface TemplateValidation extends ValidationResult {
  /** Both as one config; `undefined` when single values of what is laid over it are wrong. */
  readonly config: ConfigInput | undefined;
}

/**
 * Lays a config over a template, and validates what comes of it, as `validateConfig` does. What a template has against itself
 * is told as well.
 *
 * @param overrides what should be different. Whatever is wrong with it is in the result. Default: nothing.
 * @throws {ConfigurationError} when there is no template of that name.
 */
export function validateTemplate(name: string, overrides: ConfigInput = {}): TemplateValidation {
  const template = getTemplate(name);
  let config: ConfigInput | undefined;
  const judge = (given: ConfigInput): ValidationResult => {
    config = configLaidOver(template.config, given);
    return validateConfig(config);
  };
  const result = validated(
    {
      path: 'config',
      read: (copy) => parseConfigCopy(copy, BUILT_IN),
      writtenIn: (given) => writtenIn(given, BUILT_IN),
      judge,
    },
    overrides,
  );
  return { ...result, config };
}
