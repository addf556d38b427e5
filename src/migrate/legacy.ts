import type { ConfigInput } from '../config/document.js';
import type { BuiltInPreset } from '../config/presets/names.js';
import { PRESETS, type Preset } from '../config/presets/presets.js';
import { Check, describe, readOrRefuse } from '../input/index.js';
import { resolveValues } from './effect.js';
import { readCustomConfig } from './legacy-custom.js';
import {
  findStagesOff,
  listOldDefaults,
  OPERATIONS,
  readValue,
  SECOND_MS,
  STRATEGY,
  type Target,
  type Texts,
  VARIABLES,
  WHOLE,
} from './legacy-variables.js';
import { buildConfig, type Draft, type Mapping, markLost, type Score } from './mapping.js';
import { type Comparable, findNearestPreset } from './score.js';

const PRESET = 'RESILIENCE_PRESET';
const CUSTOM = 'RESILIENCE_CUSTOM_CONFIG';
const NAMES = Object.keys(PRESETS);

/** Any variable but these made the old library ignore its preset. */
const BESIDE_PRESET = ['RESILIENCE_ENABLED', PRESET, CUSTOM];

/** The legacy variables. No other one is ever read. */
export const LEGACY_VARIABLES: readonly string[] = [...VARIABLES.map(({ name }) => name), PRESET, CUSTOM];

const AGGRESSIVE = 'The strategy is aggressive, which gives up early: check that production can afford it.';

/**
 * Drafts a config from the legacy variables.
 *
 * @param env the environment; only the legacy variables of it are read.
 * @throws {ConfigurationError} if one of them is not a string.
 */
export function buildLegacyDraft(env: object): Draft {
  const given = readTexts(env);
  const names = [...given.keys()];
  const isPresetIgnored = names.some((name) => !BESIDE_PRESET.includes(name));
  const source = isPresetIgnored ? readVariables(given) : readPreset(given);
  const { texts, labels, score } = source;
  const strategy = readValue(texts, 'DEFAULT_RESILIENCE_STRATEGY', STRATEGY);
  return {
    score,
    mappings: [...mapVariables(texts, labels, buildTarget(texts, score.preset, strategy)), ...source.mappings],
    warnings: [
      ...findSkipped(texts).map(({ name, refusal }) => `${name} was skipped: ${refusal}.`),
      ...source.warnings,
      ...(strategy === 'aggressive' ? [AGGRESSIVE] : []),
    ],
    removal:
      names.length === 0
        ? 'There is no legacy variable to remove.'
        : `Remove the legacy variables that are set: ${names.join(', ')}.`,
    old: buildOld(texts, isPresetIgnored ? 'variables' : score.preset),
    legacy: given,
  };
}

/** What the old library was configured by. */
interface Source {
  readonly texts: Texts;
  /** What the notes call a variable whose value comes from elsewhere. */
  readonly labels: ReadonlyMap<string, string>;
  readonly score: Score & { readonly preset: BuiltInPreset };
  readonly mappings: readonly Mapping[];
  readonly warnings: readonly string[];
}

function readVariables(given: Texts): Source {
  const texts = new Map([...given].filter(([name]) => name !== PRESET && name !== CUSTOM));
  const ignored = [...given].filter(([name]) => !texts.has(name));
  const lost = markLost('it had no effect: the old library ignored it once another variable was set');
  return {
    texts,
    labels: new Map(),
    score: findNearestPreset(readComparable(texts)),
    mappings: ignored.map(([option, text]) => ({ option, received: describe(text), ...lost })),
    warnings: [],
  };
}

function readPreset(given: Texts): Source {
  const texts = new Map([...given].filter(([name]) => name !== PRESET && name !== CUSTOM));
  const labels = new Map<string, string>();
  const mappings: Mapping[] = [];
  const warnings: string[] = [];
  const skip = (option: string, text: string, refusal: string): void => {
    mappings.push({ option, received: describe(text), ...markLost(`skipped: ${refusal}`) });
    warnings.push(`${option} was skipped: ${refusal}.`);
  };
  const name = given.get(PRESET)?.trim();
  const preset = NAMES.find((each): each is BuiltInPreset => each === name);
  if (preset !== undefined) {
    const why = 'the preset of the same name';
    mappings.push({ option: PRESET, received: describe(name), outcome: 'mapped', at: [], to: ['preset'], why });
  } else if (name !== undefined) {
    skip(PRESET, name, `it is not one of ${NAMES.join(', ')}`);
  }
  const custom = given.get(CUSTOM);
  const values = custom === undefined ? [] : readCustomConfig(CUSTOM, custom);
  if (typeof values === 'string') skip(CUSTOM, custom ?? '', values);
  else
    for (const { variable, text, label } of values) {
      texts.set(variable, text);
      labels.set(variable, label);
    }
  return { texts, labels, score: scorePreset(given, preset), mappings, warnings };
}

/** With a name there is nothing to guess; without any variable, `simple` suits every service. */
function scorePreset(given: Texts, preset: BuiltInPreset | undefined): Source['score'] {
  const certain = { confidence: 1, level: 'high' } as const;
  if (preset !== undefined) return { preset, ...certain, reasons: [`${PRESET} names ${preset}.`] };
  if (given.size === 0) return { preset: 'simple', ...certain, reasons: ['None of the legacy variables is set.'] };
  if (!given.has(PRESET) && given.has(CUSTOM))
    return { preset: 'simple', ...certain, reasons: [`${PRESET} is not set, which meant simple.`] };
  return findNearestPreset({});
}

function buildTarget(texts: Texts, name: BuiltInPreset, ownStrategy: string | undefined): Target {
  const preset: Preset = PRESETS[name];
  const strategy = ownStrategy === preset.strategy ? undefined : ownStrategy;
  // A strategy replaces numbers of the preset, so what need not be repeated depends on both.
  const values = resolveValues({ preset: name, ...(strategy === undefined ? {} : { strategy }) });
  return { texts, preset, strategy, values };
}

function mapVariables(texts: Texts, labels: ReadonlyMap<string, string>, target: Target): Mapping[] {
  const off = findStagesOff(texts);
  return VARIABLES.flatMap(({ name, stage, refusalOf, map }) => {
    const text = texts.get(name);
    if (text === undefined) return [];
    const isOff = stage !== undefined && off.includes(stage) && refusalOf(text) === undefined;
    const mapped = isOff ? markLost(`the stage ${stage} is switched off`) : map(text, target);
    const label = labels.get(name);
    return [{ option: label ?? name, received: label === undefined ? describe(text) : text, ...mapped }];
  });
}

/** The old library had no limits of time for calls and attempts, retried unknown errors, and opened its breaker evenly. */
const OLD_BASE: Readonly<Record<string, unknown>> = { deadlineMs: false, attemptTimeoutMs: false, quota: false };
const OLD_RETRY: Readonly<Record<string, unknown>> = { 'retry.kinds': { unknown: true }, 'retry.budget': false };

/** What the variables did, with the old defaults where they were not set. Strategies had no effect on the numbers. */
function buildOld(texts: Texts, defaults: BuiltInPreset | 'variables'): ConfigInput {
  const skipped = new Set(findSkipped(texts).map(({ name }) => name));
  const set = [...texts].filter(([name]) => !name.endsWith('_STRATEGY') && !skipped.has(name));
  const all = new Map([...listOldDefaults(defaults), ...set]);
  const mappings = mapVariables(all, new Map(), {
    texts: all,
    preset: PRESETS.simple,
    strategy: undefined,
    values: {},
  });
  const openMs = mappings.flatMap(({ settings }) => settings?.['breaker.openMs'] ?? []);
  return buildConfig('none', [
    { settings: OLD_BASE },
    { settings: findStagesOff(all).includes('retry') ? {} : OLD_RETRY },
    ...openMs.map((openMaxMs) => ({ settings: { 'breaker.openMaxMs': openMaxMs } })),
    ...mappings,
  ]);
}

function findSkipped(texts: Texts): { readonly name: string; readonly refusal: string }[] {
  return VARIABLES.flatMap(({ name, refusalOf }) => {
    const text = texts.get(name);
    const refusal = text === undefined ? undefined : refusalOf(text);
    return refusal === undefined ? [] : [{ name, refusal }];
  });
}

function readComparable(texts: Texts): Comparable {
  const recovery = readValue(texts, 'CIRCUIT_BREAKER_RECOVERY_TIMEOUT', WHOLE);
  return {
    attempts: readValue(texts, 'RETRY_MAX_ATTEMPTS', WHOLE),
    failures: readValue(texts, 'CIRCUIT_BREAKER_FAILURE_THRESHOLD', WHOLE),
    openMs: recovery === undefined ? undefined : recovery * SECOND_MS,
    strategy: readValue(texts, 'DEFAULT_RESILIENCE_STRATEGY', STRATEGY),
    operations: new Map(
      OPERATIONS.flatMap(([name, operation]) => {
        const strategy = readValue(texts, name, STRATEGY);
        return strategy === undefined ? [] : [[operation, strategy] as const];
      }),
    ),
  };
}

/** The texts of the legacy variables that are set and not empty. */
function readTexts(env: object): Texts {
  const check = new Check();
  const texts = new Map<string, string>();
  for (const name of LEGACY_VARIABLES) {
    const value = readOrRefuse<unknown>(`from.env.${name}`, env, () => Reflect.get(env, name));
    if (typeof value === 'string') {
      if (value.trim() !== '') texts.set(name, value);
    } else if (value !== undefined) {
      check.addIssue(`from.env.${name}`, 'must be a string', value);
    }
  }
  check.throwIfInvalid();
  return texts;
}
