import { STRATEGIES } from '../config/presets/strategies.js';
import { Check, describe, readOrRefuse } from '../input/index.js';
import {
  LEGACY_NUMBERS,
  LEGACY_OPERATIONS,
  LEGACY_SWITCHES,
  LEGACY_VARIABLES,
  LEGACY_WHOLE,
  type LegacyNumber,
  type LegacySwitch,
  type LegacyVariable,
} from './legacy-variables.js';

/** What the legacy variables say. */
export interface Legacy {
  /** Those that are set to something, as they are. */
  readonly texts: ReadonlyMap<LegacyVariable, string>;
  readonly numbers: ReadonlyMap<LegacyNumber, number>;
  readonly strategies: ReadonlyMap<LegacyVariable, string>;
  readonly flags: ReadonlyMap<LegacySwitch | 'RETRY_JITTER_ENABLED', boolean>;
  /** Those that are skipped, and why. */
  readonly skipped: ReadonlyMap<LegacyVariable, string>;
}

const WHOLE = /^\+?\d+$/;
const DECIMAL = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const YES: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no', 'off']);
const NAMES = Object.keys(STRATEGIES);

/** A second, which is what the legacy variables count in. */
export const SECOND_MS = 1_000;

/** What a variable was set to, in words that are safe to print. */
export function textOf({ texts }: Pick<Legacy, 'texts'>, variable: LegacyVariable): string {
  return describe(texts.get(variable));
}

/**
 * Reads the legacy variables, and no other.
 *
 * @throws {ConfigurationError} when one of them is no string.
 */
export function readLegacy(env: object): Legacy {
  const texts = textsOf(env);
  const skipped = new Map<LegacyVariable, string>();
  const numbers = new Map<LegacyNumber, number>();
  for (const name of LEGACY_NUMBERS) {
    const text = texts.get(name);
    if (text === undefined) continue;
    const value = numberIn(text, LEGACY_WHOLE.has(name));
    if (value === undefined) skipped.set(name, `it is no ${LEGACY_WHOLE.has(name) ? 'whole ' : ''}number above 0`);
    else numbers.set(name, value);
  }
  const strategies = new Map<LegacyVariable, string>();
  for (const name of ['DEFAULT_RESILIENCE_STRATEGY', ...LEGACY_OPERATIONS.map(([variable]) => variable)] as const) {
    const strategy = texts.get(name)?.trim().toLowerCase();
    if (strategy === undefined) continue;
    if (NAMES.includes(strategy)) strategies.set(name, strategy);
    else skipped.set(name, `it is none of ${NAMES.join(', ')}`);
  }
  return { texts, numbers, strategies, flags: flagsOf(texts, skipped), skipped };
}

function textsOf(env: object): ReadonlyMap<LegacyVariable, string> {
  const check = new Check();
  const texts = new Map<LegacyVariable, string>();
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

function flagsOf(
  texts: ReadonlyMap<LegacyVariable, string>,
  skipped: Map<LegacyVariable, string>,
): ReadonlyMap<LegacySwitch | 'RETRY_JITTER_ENABLED', boolean> {
  const flags = new Map<LegacySwitch | 'RETRY_JITTER_ENABLED', boolean>();
  for (const name of ['RETRY_JITTER_ENABLED', ...LEGACY_SWITCHES.map(([variable]) => variable)] as const) {
    const word = texts.get(name)?.trim().toLowerCase();
    if (word === undefined) continue;
    // A word that nobody knows has always meant no jitter. That it should switch off a whole stage is too much.
    if (YES.has(word) || NO.has(word) || name === 'RETRY_JITTER_ENABLED') flags.set(name, YES.has(word));
    else skipped.set(name, `it is none of ${[...YES, ...NO].join(', ')}`);
  }
  return flags;
}

function numberIn(text: string, whole: boolean): number | undefined {
  const trimmed = text.trim();
  if (!(whole ? WHOLE : DECIMAL).test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
