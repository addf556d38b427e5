import type { ConfigInput, OperationInput } from '../config/document.js';
import { type BuiltInPreset, PRESETS, type Preset } from '../config/presets/presets.js';
import type { Settings } from '../config/settings.js';
import { describe } from '../input/index.js';
import type { Mutable } from './draft.js';
import { configurationOf, type SettingsByPath, settingsByPath } from './effective.js';
import { legacyBreaker } from './legacy-breaker.js';
import { type Legacy, textOf } from './legacy-reading.js';
import { legacyRetry } from './legacy-retry.js';
import { LEGACY_OPERATIONS, LEGACY_SWITCHES } from './legacy-variables.js';
import type { Notes } from './notes.js';
import { strategyIn } from './score.js';

const RETRY_VARIABLE = /^RETRY_(?!ENABLED)/;
const BREAKER_VARIABLE = /^CIRCUIT_BREAKER_(?!ENABLED)/;

/** The config that says on top of a preset what the legacy variables say. */
export function legacyConfig(legacy: Legacy, name: BuiltInPreset, notes: Notes): ConfigInput {
  const preset: Preset = PRESETS[name];
  for (const [variable, why] of legacy.skipped) notes.lost(variable, textOf(legacy, variable), `${why}: skipped`);
  const strategy = strategyOver(legacy, preset, notes);
  const config: ConfigInput = { preset: name, ...(strategy === undefined ? {} : { strategy }) };
  // A strategy brings numbers of its own: what is left out must be there with it, and not with the preset alone.
  const below = settingsByPath(configurationOf(config));
  const defaults = defaultsOver(legacy, below, notes);
  const operations = operationsOver(legacy, preset, strategy, notes);
  return {
    ...config,
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(Object.keys(operations).length === 0 ? {} : { operations }),
  };
}

function strategyOver(legacy: Legacy, preset: Preset, notes: Notes): string | undefined {
  const variable = 'DEFAULT_RESILIENCE_STRATEGY';
  const strategy = legacy.strategies.get(variable);
  if (strategy === undefined) return undefined;
  const there = strategy === preset.strategy;
  const why = there ? 'the preset has it so' : 'it has numbers of its own for what no variable says';
  notes.mapped(variable, textOf(legacy, variable), 'strategy', why);
  return there ? undefined : strategy;
}

function defaultsOver(legacy: Legacy, below: SettingsByPath, notes: Notes): Settings {
  const off = switchedOff(legacy, notes);
  let defaults: Mutable<Settings> = {};
  if (off.has('retry')) {
    defaults.retry = false;
    leaveOut(legacy, RETRY_VARIABLE, 'retries are switched off', notes);
  } else {
    const { retry, deadlineMs } = legacyRetry(legacy, below, notes);
    if (Object.keys(retry).length > 0) defaults.retry = retry;
    if (deadlineMs !== undefined) defaults = { deadlineMs, ...defaults };
  }
  if (off.has('breaker')) {
    defaults.breaker = false;
    leaveOut(legacy, BREAKER_VARIABLE, 'the breaker is switched off', notes);
  } else {
    const breaker = legacyBreaker(legacy, below, notes);
    if (Object.keys(breaker).length > 0) defaults.breaker = breaker;
  }
  return defaults;
}

/** The stages that are switched off. */
function switchedOff(legacy: Legacy, notes: Notes): ReadonlySet<string> {
  const off = new Set<string>();
  for (const [variable, stages] of LEGACY_SWITCHES) {
    const flag = legacy.flags.get(variable);
    if (flag === undefined) continue;
    const to = stages.map((stage) => `defaults.${stage}`).join(' and ');
    notes.mapped(variable, textOf(legacy, variable), to, flag ? 'it is on in every preset' : 'false switches it off');
    if (!flag) for (const stage of stages) off.add(stage);
  }
  return off;
}

function leaveOut(legacy: Legacy, which: RegExp, why: string, notes: Notes): void {
  for (const [variable, text] of legacy.texts) {
    if (which.test(variable) && !legacy.skipped.has(variable)) notes.lost(variable, describe(text), why);
  }
}

function operationsOver(
  legacy: Legacy,
  preset: Preset,
  strategy: string | undefined,
  notes: Notes,
): Readonly<Record<string, OperationInput>> {
  const operations: Record<string, OperationInput> = {};
  for (const [variable, operation] of LEGACY_OPERATIONS) {
    const own = legacy.strategies.get(variable);
    if (own === undefined) continue;
    const there = own === (strategy ?? strategyIn(preset, operation));
    if (!there) operations[operation] = { strategy: own };
    const why = there
      ? 'it has that one without it'
      : 'what other variables say of all operations holds over its numbers';
    const to = `operations.${operation}.strategy`;
    if (there) notes.mapped(variable, textOf(legacy, variable), to, why);
    else notes.changed(variable, textOf(legacy, variable), to, why);
  }
  return operations;
}
