import { Configuration } from '../config/configuration.js';
import type { ConfigInput } from '../config/document.js';
import { findInsecure, type Insecure } from '../config/insecure.js';
import { DEFAULTS, SETTINGS, type Settings } from '../config/settings.js';
import { type AnyPart, describe, isObject } from '../input/index.js';
import { findEffects } from './effect.js';

/** What to write instead of each combination that a config from outside must not have. */
const INSTEAD: Readonly<Record<Insecure['rule'], Settings>> = {
  'burst-of-attempts': { retry: { maxAttempts: 3 } },
  'unguarded-retries': { retry: { budget: {} } },
  'unguarded-calls': { deadlineMs: DEFAULTS.deadlineMs },
};

/** Returns the config nearest to a given one that files and variables accept. Code accepts the given one. */
export function limitToOutside(config: ConfigInput): ConfigInput {
  let limited = limitValues(config);
  for (const { operation, rule } of findInsecure(Configuration.single(limited))) {
    limited = withSettings(limited, operation, INSTEAD[rule]);
  }
  return limited;
}

/** Describes each setting whose value differs in the scripts, because files and variables refuse that of the config. */
export function describeLimits(config: ConfigInput, limited: ConfigInput): string[] {
  return findEffects(config, limited).map(({ operation, setting, from, to }) => {
    const path = operation === undefined ? setting : `operations.${operation}.${setting}`;
    return `${path} is ${describe(to)} in the scripts, and ${describe(from)} in the config: only code may set that. Pass the config to createResilience() to keep it.`;
  });
}

function limitValues({ defaults, operations, ...others }: ConfigInput): ConfigInput {
  return {
    ...others,
    ...(defaults === undefined ? {} : { defaults: limitPart(defaults, SETTINGS) }),
    ...(operations === undefined ? {} : { operations: mapValues(operations, (own) => limitPart(own, SETTINGS)) }),
  };
}

function limitPart<T extends object>(part: T, declared: AnyPart): T {
  const limited = mapValues(Object.fromEntries(Object.entries(part)), (value: unknown, name) =>
    limitValue(value, declared, name),
  );
  return Object.assign({ ...part }, limited);
}

function limitValue(value: unknown, { settings }: AnyPart, name: string): unknown {
  const setting = settings[name];
  if (setting?.part !== undefined) return isObject(value) ? limitPart(value, setting.part) : value;
  const range = setting?.info.outside;
  return range === undefined || typeof value !== 'number' ? value : Math.min(Math.max(value, range[0]), range[1]);
}

function withSettings(config: ConfigInput, operation: string | undefined, more: Settings): ConfigInput {
  if (operation === undefined) return { ...config, defaults: merge(config.defaults ?? {}, more) };
  const own = config.operations?.[operation] ?? {};
  return { ...config, operations: { ...config.operations, [operation]: merge(own, more) } };
}

function merge(settings: Settings, { retry, ...more }: Settings): Settings {
  if (retry === undefined) return { ...settings, ...more };
  return { ...settings, ...more, retry: { ...(settings.retry || {}), ...retry } };
}

function mapValues<T, R>(fields: Readonly<Record<string, T>>, map: (value: T, name: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, map(value, name)]));
}
