import { Check } from '../input/index.js';
import { type ConfigInput, readDocument } from './document.js';
import { checkPresetName, checkStrategyName } from './presets/registry.js';
import { checkSettings, SETTINGS } from './settings.js';

/** The parts of a config. */
const PARTS = ['$schema', 'preset', 'strategy', 'defaults', 'operations'];

/**
 * A config of which every value has been read once and is right by itself, presets and strategies being known.
 *
 * @param path what it is called in error messages.
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function checkedDocument(path: string, given: ConfigInput): ConfigInput {
  const own = readDocument(path, given);
  const check = new Check();
  checkDocument(check, path, own);
  check.throwIfInvalid();
  return own;
}

/** Checks a config, each value for itself. */
export function checkDocument(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, PARTS);
  if (fields === undefined) return;
  const { $schema: schema, preset, strategy, defaults, operations } = fields;
  if (schema !== undefined && typeof schema !== 'string') check.addIssue(`${path}.$schema`, 'must be a string', schema);
  checkPresetName(check, `${path}.preset`, preset);
  checkStrategyName(check, `${path}.strategy`, strategy);
  if (defaults !== undefined) checkSettings(check, `${path}.defaults`, defaults);
  if (operations !== undefined) checkOperations(check, `${path}.operations`, operations);
}

/** Checks the settings of operations, each for itself. */
export function checkOperations(check: Check, path: string, value: unknown): void {
  for (const [name, operation] of Object.entries(check.record(path, value) ?? {})) {
    if (check.name(path, name)) checkOperation(check, `${path}.${name}`, operation);
  }
}

function checkOperation(check: Check, path: string, value: unknown): void {
  const fields = checkSettings(check, path, value, ['strategy', 'alias']);
  if (fields === undefined) return;
  const { strategy, alias } = fields;
  checkStrategyName(check, `${path}.strategy`, strategy);
  if (alias === undefined || !check.name(`${path}.alias`, alias)) return;
  // What is not known has been refused for that.
  for (const name of ['strategy', ...SETTINGS]) {
    const other = fields[name];
    if (other === undefined) continue;
    const suggestion = `Set it in operations.${alias}.`;
    check.addIssue(
      `${path}.${name}`,
      'must not stand beside an alias, which has the settings of what it names',
      other,
      suggestion,
    );
  }
}
