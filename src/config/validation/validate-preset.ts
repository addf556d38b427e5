import { detectEnvironment } from '../../environment/index.js';
import { Check, isReadableRecord } from '../../input/index.js';
import { Configuration } from '../configuration.js';
import type { OperationInput } from '../document.js';
import {
  type Catalog,
  checkFree,
  checkPreset,
  checkPresetConflicts,
  createCatalog,
  type OwnPresets,
} from '../presets/catalog.js';
import { PRESETS, type Preset } from '../presets/presets.js';
import { type ConfigSuggestion, type ConfigWarning, resultOf, type ValidationResult } from './result.js';
import { validated } from './validated.js';
import { lookAt } from './warnings.js';
import { placeOf, type Written } from './written.js';

/** A preset, and the name under which configs refer to it. */
export interface NamedPreset extends Preset {
  /** 1 to 256 characters, not the name of a built-in preset; at most 50 are recommended. */
  readonly name: string;
}

/** A longer name is allowed, and fits into no table. */
const LONGEST_NAME = 50;

/** What a preset should not leave to the library. */
const EXPECTED = ['retry.maxAttempts', 'breaker.trip', 'breaker.openMs'];

/**
 * Tells everything that is wrong with a preset, what is probably not meant, and what would be better. One that is valid can be
 * given to `createResilience`.
 *
 * @param value anything: a preset, with its `name` among its fields. It never throws; one of more than
 *   5 000 values or 200 operations is refused.
 * @param own presets and strategies that it may name beside the built-in ones.
 * @throws {ConfigurationError} if one of `own` is not valid.
 */
export function validatePreset(value: unknown, own: OwnPresets = {}): ValidationResult {
  const catalog = createCatalog(own);
  const read = (copy: unknown) => parsePreset(copy, catalog);
  return validated({ path: 'preset', read, writtenIn: (preset) => writtenIn(preset, catalog), judge }, value);
}

function judge(preset: NamedPreset, written: Written): ValidationResult {
  const subject = { configuration: configurationOf(preset, written.catalog), written, preset };
  const { warnings, hints } = lookAt(subject);
  return resultOf([], [...warningsOfName(preset.name), ...warnings], [...hints, ...unsaid(written)]);
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

function writtenIn(preset: NamedPreset, catalog: Catalog): Written {
  const { strategy, settings, operations } = preset;
  return {
    top: { path: 'preset', fields: { strategy } },
    defaults: { path: 'preset.settings', settings },
    operations: { path: 'preset.operations', byName: new Map(Object.entries(operations)) },
    // Its own strategy is the manner that its settings follow, and sets none of them.
    named: { strategy: undefined, preset: undefined },
    catalog,
  };
}

/** What holds under a preset, before it is registered: its settings, strategies of operations over them, then their own. */
function configurationOf({ settings, operations }: NamedPreset, catalog: Catalog): Configuration {
  const named = Object.entries(operations).filter(([, { strategy }]) => strategy !== undefined);
  const strategies = named.map(
    ([name, { strategy = '' }]) => [name, catalog.findStrategy(strategy)?.settings ?? {}] as const,
  );
  const ofStrategies: Readonly<Record<string, OperationInput>> = Object.fromEntries(strategies);
  return Configuration.resolve(detectEnvironment({}), [
    ['file', { preset: 'none', defaults: settings }],
    ['environment', { operations: ofStrategies }],
    ['code', { operations }],
  ]);
}

function warningsOfName(name: string): ConfigWarning[] {
  if (name.length <= LONGEST_NAME) return [];
  return [
    {
      rule: 'long-name',
      path: 'preset.name',
      message: `is longer than what is recommended, ${LONGEST_NAME} characters`,
      value: name,
      suggestion: 'Write 1 to 50 characters.',
    },
  ];
}

function unsaid(written: Written): ConfigSuggestion[] {
  const { settings } = written.defaults;
  const isOff = (path: string) => settings[path.startsWith('retry') ? 'retry' : 'breaker'] === false;
  return EXPECTED.filter((path) => !isOff(path) && placeOf(written, undefined, path) === undefined).map((path) => ({
    path: 'preset.settings',
    text: `Say ${path} as well: else it is as the library has it.`,
  }));
}
