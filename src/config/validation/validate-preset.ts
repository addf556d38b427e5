import { detectEnvironment } from '../../environment/index.js';
import { Check, isReadableRecord } from '../../input/index.js';
import { Configuration } from '../configuration.js';
import {
  type Catalog,
  checkFree,
  checkPreset,
  checkPresetConflicts,
  createCatalog,
  type OwnPresets,
} from '../presets/catalog.js';
import { PRESETS, type Preset } from '../presets/presets.js';
import { lint } from './lint.js';
import { buildResult, type ConfigSuggestion, type ConfigWarning, type ValidationResult } from './result.js';
import { validateUntrusted } from './validate-config.js';
import { findPlace, type Written } from './written.js';

/** A preset, and the name under which configs refer to it. */
export interface NamedPreset extends Preset {
  /** 1 to 256 characters, not the name of a built-in preset; at most 50 are recommended. */
  readonly name: string;
}

/** Longer names are allowed, but do not fit into tables. */
const LONGEST_NAME = 50;

/** The settings that a preset should not leave to the library. */
const EXPECTED = ['retry.maxAttempts', 'breaker.trip', 'breaker.openMs'];

/**
 * Reports everything that is wrong with a preset, what was probably not meant, and what would be better. A valid preset
 * can be given to `createResilience`.
 *
 * @param value anything: a preset with its `name` among its fields. Issues with it are in the result. A preset of more
 *   than 5 000 values or 200 operations is refused.
 * @param own presets and strategies that the preset may name beside the built-in ones.
 * @throws {ConfigurationError} if one of `own` is not valid.
 *
 * @example
 * ```ts
 * const batch = { ...presets.production, description: 'Jobs at night.', settings: { deadlineMs: 600_000 } };
 * const { valid } = validatePreset({ name: 'batch', ...batch });
 * if (valid) createResilience({ presets: { batch }, preset: 'batch' });
 * ```
 */
export function validatePreset(value: unknown, own: OwnPresets = {}): ValidationResult {
  const catalog = createCatalog(own);
  return validateUntrusted(value, {
    path: 'preset',
    parse: (copy) => parsePreset(copy, catalog),
    toWritten: (preset) => toWritten(preset, catalog),
    judge: (preset, written) => {
      const { warnings, hints } = lint({ configuration: resolvePreset(preset, catalog), written, preset });
      return buildResult([], [...lintName(preset.name), ...warnings], [...hints, ...suggestMissing(written)]);
    },
  });
}

/** @throws {ConfigurationError} listing every issue of a plain copy. */
function parsePreset(copy: unknown, catalog: Catalog): NamedPreset {
  assertPreset(copy, catalog);
  const check = new Check();
  checkPresetConflicts(check, 'preset', copy);
  check.throwIfInvalid();
  return copy;
}

function assertPreset(value: unknown, catalog: Catalog): asserts value is NamedPreset {
  const check = new Check();
  if (isReadableRecord(value)) checkFree(check, 'preset.name', value['name'], PRESETS);
  checkPreset(check, 'preset', value, catalog, ['name']);
  check.throwIfInvalid();
}

function toWritten(preset: NamedPreset, catalog: Catalog): Written {
  const { strategy, settings, operations } = preset;
  return {
    top: { path: 'preset', fields: { strategy } },
    defaults: { path: 'preset.settings', settings },
    operations: { path: 'preset.operations', byName: new Map(Object.entries(operations)) },
    // The strategy of a preset describes its settings, and sets none of them.
    named: {},
    catalog,
  };
}

/** Resolves what holds under a preset: its settings, then the strategies of its operations, then their own settings. */
function resolvePreset({ settings, operations }: NamedPreset, catalog: Catalog): Configuration {
  const strategies = Object.entries(operations).flatMap(([name, { strategy }]) =>
    strategy === undefined ? [] : [[name, catalog.findStrategy(strategy)?.settings ?? {}] as const],
  );
  return Configuration.resolve(detectEnvironment({}), [
    ['file', { preset: 'none', defaults: settings }],
    ['environment', { operations: Object.fromEntries(strategies) }],
    ['code', { operations }],
  ]);
}

function lintName(name: string): ConfigWarning[] {
  if (name.length <= LONGEST_NAME) return [];
  const message = `is longer than the recommended ${LONGEST_NAME} characters`;
  const suggestion = `Write 1 to ${LONGEST_NAME} characters.`;
  return [{ rule: 'long-name', path: 'preset.name', message, value: name, suggestion }];
}

function suggestMissing(written: Written): ConfigSuggestion[] {
  const { settings } = written.defaults;
  const isOff = (path: string) => settings[path.startsWith('retry') ? 'retry' : 'breaker'] === false;
  return EXPECTED.filter((path) => !isOff(path) && findPlace(written, undefined, path) === undefined).map((path) => ({
    path: 'preset.settings',
    text: `Set ${path} as well; otherwise the default of the library applies.`,
  }));
}
