import { ConfigurationError } from '../../errors/index.js';
import { Check } from '../../input/index.js';
import { Configuration } from '../configuration.js';
import type { ConfigInput } from '../document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { adviseIssues } from './advice.js';
import { lint } from './lint.js';
import { buildResult, type ValidationResult } from './result.js';
import { copyUntrusted, readOperationNames } from './untrusted.js';
import { toWritten, type Written } from './written.js';

/**
 * Reports everything that is wrong with a config, what was probably not meant, and what would be better.
 *
 * Warnings are about the effective settings: a preset and what is written beside it are considered together, for each
 * operation. Without a preset, or with `auto`, the preset is `simple`, wherever this runs. Values that only a preset sets
 * are not warned about.
 *
 * @param value anything; issues with it are in the result. A config of more than 5 000 values or 200 operations is refused.
 * @param own presets and strategies that the config may name beside the built-in ones.
 * @throws {ConfigurationError} if one of `own` is not valid.
 *
 * @example
 * ```ts
 * const { valid, errors, warnings } = validateConfig(JSON.parse(text));
 * for (const { path, message } of [...errors, ...warnings]) console.warn(path, message);
 * ```
 */
export function validateConfig(value: unknown, own: OwnPresets = {}): ValidationResult {
  const catalog = createCatalog(own);
  return validateUntrusted(value, {
    path: 'config',
    parse: (copy) => parseConfigCopy(copy, catalog),
    toWritten: (document) => toWritten(document, catalog),
    judge: (document, written) => {
      const configuration = Configuration.single(document, { catalog });
      const preset = catalog.findPreset(configuration.preset);
      const { warnings, hints } = lint({ configuration, written, preset });
      return buildResult([], warnings, hints);
    },
  });
}

/**
 * Checks each value of a plain copy.
 *
 * @throws {ConfigurationError} listing every issue.
 */
export function parseConfigCopy(copy: unknown, catalog: Catalog): ConfigInput {
  assertConfig(copy, catalog);
  return copy;
}

function assertConfig(value: unknown, catalog: Catalog): asserts value is ConfigInput {
  const check = new Check();
  check.settings('config', value, catalog.config);
  check.throwIfInvalid();
}

/** How an input of one shape is validated. Each step may throw a `ConfigurationError`. */
interface ValidationSteps<T> {
  /** How paths begin. */
  readonly path: string;
  /** Checks each value of a plain copy by itself. */
  readonly parse: (copy: unknown) => T;
  readonly toWritten: (given: T) => Written;
  /** Resolves the effective settings and lints them. */
  readonly judge: (given: T, written: Written) => ValidationResult;
}

/** Validates an untrusted value. Every issue with it is in the result; nothing in it makes this throw. */
export function validateUntrusted<T>(value: unknown, steps: ValidationSteps<T>): ValidationResult {
  let operations: readonly string[] = [];
  let written: Written | undefined;
  try {
    const copy = copyUntrusted(steps.path, value);
    operations = readOperationNames(steps.path, copy);
    const given = steps.parse(copy);
    written = steps.toWritten(given);
    return steps.judge(given, written);
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    return buildResult(adviseIssues(error.issues, operations, written));
  }
}
