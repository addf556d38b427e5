import { detectEnvironment } from '../../environment/index.js';
import { Configuration } from '../configuration.js';
import type { OperationInput } from '../document.js';
import { findStrategy } from '../presets/registry.js';
import { type NamedPreset, presetIn } from './named-preset.js';
import { type ConfigSuggestion, type ConfigWarning, resultOf, type ValidationResult } from './result.js';
import { validated } from './validated.js';
import { lookAt } from './warnings.js';
import { placeOf, type Written } from './written.js';

/** A longer name is allowed, and fits into no table. */
const LONGEST_NAME = 50;

/** What a preset should not leave to the library. */
const EXPECTED = ['retry.maxAttempts', 'breaker.trip', 'breaker.openMs'];

/**
 * Tells everything that is wrong with a preset, what is probably not meant, and what would be better. One that is valid can be
 * registered, and fits together.
 *
 * @param value anything: a preset, with the `name` to register it by among its fields. It never throws; one of more than
 *   5 000 values or 200 operations is refused.
 */
export function validatePreset(value: unknown): ValidationResult {
  return validated({ path: 'preset', read: presetIn, writtenIn, judge }, value);
}

function judge(preset: NamedPreset, written: Written): ValidationResult {
  const subject = { configuration: configurationOf(preset), written, preset };
  const { warnings, hints } = lookAt(subject);
  return resultOf([], [...warningsOfName(preset.name), ...warnings], [...hints, ...unsaid(written)]);
}

function writtenIn(preset: NamedPreset): Written {
  const { strategy, settings, operations } = preset;
  return {
    top: { path: 'preset', fields: { strategy } },
    defaults: { path: 'preset.settings', settings },
    operations: { path: 'preset.operations', byName: new Map(Object.entries(operations)) },
    // Its own strategy is the manner that its settings follow, and sets none of them.
    named: { strategy: undefined, preset: undefined },
  };
}

/** What holds under a preset, before it is registered: its settings, strategies of operations over them, then their own. */
function configurationOf({ settings, operations }: NamedPreset): Configuration {
  const named = Object.entries(operations).filter(([, { strategy }]) => strategy !== undefined);
  const strategies = named.map(([name, { strategy = '' }]) => [name, findStrategy(strategy)?.settings ?? {}] as const);
  const ofStrategies: Readonly<Record<string, OperationInput>> = Object.fromEntries(strategies);
  return Configuration.in(detectEnvironment({}), [
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
