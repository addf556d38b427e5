import { Configuration } from '../configuration.js';
import type { ConfigInput } from '../document.js';
import { findPreset } from '../presets/registry.js';
import { configIn } from './config-input.js';
import { resultOf, type ValidationResult } from './result.js';
import { validated } from './validated.js';
import { lookAt } from './warnings.js';
import { type Written, writtenIn } from './written.js';

/**
 * Tells everything that is wrong with a config, what is probably not meant, and what would be better.
 *
 * Warnings are about what holds in the end: a preset and what is written besides are judged together, each operation for
 * itself. Without a preset, or with `auto`, that is `simple`, wherever it runs. Values that nobody wrote are not warned of.
 *
 * @param value anything. It never throws; a config of more than 5 000 values or 200 operations is refused.
 */
export function validateConfig(value: unknown): ValidationResult {
  return validated({ path: 'config', read: configIn, writtenIn, judge }, value);
}

function judge(document: ConfigInput, written: Written): ValidationResult {
  const configuration = Configuration.alone(document);
  const subject = { configuration, written, preset: findPreset(configuration.preset) };
  const { warnings, hints } = lookAt(subject);
  return resultOf([], warnings, hints);
}
