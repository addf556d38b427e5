import { detectEnvironment } from '../environment/index.js';
import { buildIssue, ConfigurationError, type ConfigurationIssue } from '../errors/index.js';
import { type AnyPart, describe, isObject } from '../input/index.js';
import { Configuration } from './configuration.js';
import type { ConfigInput } from './document.js';
import type { DocumentLayer, Layer } from './layers.js';
import type { Catalog } from './presets/catalog.js';
import { SETTINGS } from './settings.js';
import { buildViews, type EffectiveView } from './validation/effective-view.js';
import { INSECURE_RULES, type InsecureRuleId } from './validation/insecure-rules.js';
import type { Advice } from './validation/lint-rule.js';

/** The end of every refusal: a config given in code is trusted. */
const IN_CODE = 'If it is intended, set it in code.';

/** The configs of a configuration that come from outside, each with its name in error messages. */
export type Outside = Readonly<Partial<Record<DocumentLayer, string>>>;

/** The names of the layers that always come from outside. */
export const OUTSIDE: Outside = { file: 'file', environment: 'HOLDFAST_CONFIG' };

/**
 * Finds every setting of a config that exceeds what is accepted from outside. Ignores all other issues of the config.
 *
 * @param path how paths begin.
 */
export function findInsecureValues(path: string, config: unknown): ConfigurationIssue[] {
  if (!isObject(config)) return [];
  const { defaults, operations }: ConfigInput = config;
  const named = isObject(operations) ? Object.entries(operations) : [];
  return [
    ...findBeyond(`${path}.defaults`, defaults, SETTINGS),
    ...named.flatMap(([name, own]) => findBeyond(`${path}.operations.${name}`, own, SETTINGS)),
  ];
}

function findBeyond(path: string, settings: unknown, { settings: declared }: AnyPart): ConfigurationIssue[] {
  if (!isObject(settings)) return [];
  return Object.entries(settings).flatMap(([name, value]) => {
    const setting = Object.hasOwn(declared, name) ? declared[name] : undefined;
    const place = `${path}.${name}`;
    if (setting?.part !== undefined) return findBeyond(place, value, setting.part);
    const range = setting?.info.outside;
    if (range === undefined || typeof value !== 'number' || (value >= range[0] && value <= range[1])) return [];
    const [least, most] = range;
    const message = `must be from ${least} to ${most} in a config from outside`;
    return [buildIssue(place, message, describe(value), `Write ${value < least ? least : most}. ${IN_CODE}`)];
  });
}

/** A combination of settings that is not accepted from outside. */
export interface Insecure {
  readonly rule: InsecureRuleId;
  /** `undefined` for the settings of all operations that no config names. */
  readonly operation: string | undefined;
  /** What is wrong, as a predicate of the settings, and what to write instead. */
  readonly advice: Advice;
  /** The settings of the combination, the most relevant first. */
  readonly settings: readonly { readonly path: string; readonly value: unknown; readonly layer: Layer | undefined }[];
}

/** Finds combinations of settings that are not accepted from outside, wherever they come from. */
export function findInsecure(configuration: Configuration): Insecure[] {
  const operations = [...configuration.mentioned].filter((name) => configuration.findAlias(name) === undefined);
  const ofAll = findInViews(configuration, undefined);
  const known = new Set(ofAll.map(toKey));
  // What holds for all operations is reported once.
  const ofEach = operations.flatMap((name) =>
    findInViews(configuration, name).filter((each) => !known.has(toKey(each))),
  );
  return [...ofAll, ...ofEach];
}

function findInViews(configuration: Configuration, operation: string | undefined): Insecure[] {
  const found = new Map<InsecureRuleId, Insecure>();
  for (const view of buildViews(configuration, operation, {})) {
    for (const { id, paths, check } of INSECURE_RULES) {
      const advice = found.has(id) ? false : check(view);
      if (advice !== false) found.set(id, { rule: id, operation, advice, settings: readSettings(view, paths) });
    }
  }
  return [...found.values()];
}

function readSettings(view: EffectiveView, paths: readonly string[]): Insecure['settings'] {
  return paths
    .map((path) => ({ path, value: view.value(path), layer: view.layer(path) }))
    .filter(({ value }) => value !== undefined);
}

function toKey({ rule, settings }: Insecure): string {
  return JSON.stringify([rule, settings]);
}

/** Finds the combinations to which a config from outside contributes. Combinations in code alone are trusted. */
export function findInsecureCombinations(configuration: Configuration, outside: Outside): ConfigurationIssue[] {
  return findInsecure(configuration).flatMap(({ operation, advice, settings }) => {
    const place = operation === undefined ? 'defaults' : `operations.${operation}`;
    const [issue] = settings.flatMap(({ path, layer }) => {
      const source = layer !== undefined && isDocumentLayer(layer) ? outside[layer] : undefined;
      if (source === undefined) return [];
      const received = settings.map((each) => `${each.path}: ${describe(each.value)}`).join(', ');
      const message = `${advice.message}, which is refused in a config from outside`;
      const suggestion = [advice.suggestion, IN_CODE].filter((part) => part !== undefined).join(' ');
      return [buildIssue(`${source}.${place}.${path}`, message, received, suggestion)];
    });
    return issue === undefined ? [] : [issue];
  });
}

function isDocumentLayer(layer: Layer): layer is DocumentLayer {
  return layer === 'file' || layer === 'environment' || layer === 'code' || layer === 'runtime';
}

/**
 * Finds everything in a config that is not accepted from outside, with the preset and the strategies that it names.
 *
 * @param config a config of which each value is valid.
 */
export function findInsecureIn(path: string, config: ConfigInput, catalog: Catalog): ConfigurationIssue[] {
  return [...findInsecureValues(path, config), ...findInsecureAlone(path, config, catalog)];
}

function findInsecureAlone(path: string, config: ConfigInput, catalog: Catalog): ConfigurationIssue[] {
  try {
    const alone = { ...config, operations: pickOperationsWithSettings(config) };
    const configuration = Configuration.resolve(detectEnvironment({}), [['file', alone]], { catalog });
    return findInsecureCombinations(configuration, { file: path });
  } catch (error) {
    // A contradiction is refused where the config is put in force, unless a layer of higher precedence corrects it.
    if (ConfigurationError.is(error)) return [];
    throw error;
  }
}

/** The others are as all operations that no config names: resolving each of 40,000 would take seconds. */
function pickOperationsWithSettings({ operations = {} }: ConfigInput): NonNullable<ConfigInput['operations']> {
  const entries = Object.entries(operations);
  return Object.fromEntries(entries.filter(([, own]) => Object.keys(own).some((name) => name !== 'alias')));
}
