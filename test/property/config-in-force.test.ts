import fc from 'fast-check';
import {
  type ConfigChange,
  type ConfigInput,
  createResilience,
  type EffectiveConfig,
  type Resilience,
  type ResolvedSettings,
} from 'holdfast';
import { loadConfig } from 'holdfast/config';
import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/config/presets/presets.js';
import { RETRIED } from '../../src/retry/settings.js';
import { NOWHERE } from '../support/configs.js';
import { runs } from '../support/seed.js';
import { rightConfig } from './config-documents.js';

type Shown = EffectiveConfig['settings'];

const layering = fc.record({ outside: rightConfig, code: rightConfig, file: rightConfig, runtime: rightConfig });
const NAMES = ['chat', 'qa', 'a.b', 'nobody names it'];

describe('the settings that are shown', () => {
  it('are those in force, and what is not shown of a kind of failure is as in retry', () => {
    let compared = 0;
    let makingRoom = 0;
    const compareAll = (resilience: Resilience): void => {
      for (const name of NAMES) {
        const shown = resilience.config(name).settings;
        const inForce = resilience.operation(name).settings;
        expectShownToHold(shown, inForce);
        expectAllToBeShown(inForce, shown);
        compared += 1;
        if (shown['retry.minDelayMs']?.value === shown['retry.maxDelayMs']?.value) makingRoom += 1;
      }
    };
    fc.assert(
      fc.property(layering, ({ outside, code, file, runtime }) => {
        const variables = { ...NOWHERE, env: { HOLDFAST_CONFIG: JSON.stringify(outside) } };
        // What looks like seconds is refused in a variable.
        for (const environment of [variables, NOWHERE]) {
          const resilience = valid(() => createResilience({ environment, config: code }));
          if (resilience === undefined) continue;
          const loaded = loadConfig({ environment, config: code });
          for (const name of NAMES) expect(loaded.explain(name)).toEqual(resilience.config(name));
          compareAll(resilience);
          valid(() => resilience.configure(file, { layer: 'file' }));
          compareAll(resilience);
          valid(() => resilience.configure(runtime));
          compareAll(resilience);
        }
      }),
      runs(150),
    );
    expect(compared).toBeGreaterThan(300);
    expect(makingRoom).toBeGreaterThan(20);
  });

  it.each([
    ['maxDelayMs', 500, 'minDelayMs'],
    ['minDelayMs', 30_000, 'maxDelayMs'],
  ])('tell that a default gives way: retry.%s of %i ms over no preset', (given, value, other) => {
    const config = { preset: 'none', defaults: { retry: { [given]: value } } };
    const resilience = createResilience({ environment: NOWHERE, config });
    expect(resilience.config().settings[`retry.${other}`]).toEqual({ value, layer: 'code' });
    expect(loadConfig({ environment: NOWHERE, config }).explain('chat').settings[`retry.${other}`]?.value).toBe(value);
    const open = createResilience({ environment: NOWHERE, preset: 'none' });
    const { changes } = open.configure({ defaults: config.defaults });
    expect(changes.filter(({ path }) => path === `retry.${other}`)).toMatchObject([
      { from: { layer: 'library' }, to: { value, layer: 'runtime' } },
    ]);
  });

  it('tell of a kind of failure what differs from the others', () => {
    const kinds = { network: { maxDelayMs: 500 }, timeout: { minDelayMs: 1_000 }, rate_limited: { maxAttempts: 2 } };
    const config: ConfigInput = { preset: 'none', defaults: { retry: { jitter: 'additive', kinds } } };
    const { settings } = createResilience({ environment: NOWHERE, config }).config();
    const ofKinds = Object.entries(settings).filter(([path]) => path.startsWith('retry.kinds.'));
    const code = (value: unknown) => ({ value, layer: 'code' });
    expect(Object.fromEntries(ofKinds)).toEqual({
      'retry.kinds.network': code(true),
      'retry.kinds.network.maxDelayMs': code(500),
      'retry.kinds.network.minDelayMs': code(500),
      'retry.kinds.network.jitterMaxMs': { value: 500, layer: 'library' },
      'retry.kinds.timeout': code(true),
      'retry.kinds.timeout.minDelayMs': code(1_000),
      'retry.kinds.timeout.jitterMaxMs': code(1_000),
      'retry.kinds.rate_limited': code(true),
      'retry.kinds.rate_limited.maxAttempts': code(2),
      'retry.kinds.overloaded.minDelayMs': { value: 4_000, layer: 'library' },
    });
  });
});

describe('the changes that configure() returns', () => {
  it('are the difference between what was shown and in force before and after', () => {
    let changed = 0;
    fc.assert(
      fc.property(rightConfig, rightConfig, rightConfig, fc.boolean(), (code, first, next, replace) => {
        const resilience = valid(() => createResilience({ environment: NOWHERE, config: code }));
        if (resilience === undefined) return;
        const taken = valid(() => resilience.configure(first)) === undefined ? {} : first;
        const names = namesIn([code, taken, next, ...Object.values(PRESETS)]);
        const before = read(resilience, names);
        const change = valid(() => resilience.configure(next, { replace }));
        if (change === undefined) return;
        const after = read(resilience, names);
        const presets = Object.entries(PRESETS).filter(([name]) => Object.values(change.preset).includes(name));
        const mentioned = namesIn([code, taken, next, ...presets.map(([, preset]) => preset)]);
        // An alias has no settings of its own.
        const own = [...mentioned].filter((name) => resilience.config(name).operation === name);
        for (const name of own) changed += expectDifference(name, change, before.get(name), after.get(name));
        expect(change.changes.filter(({ operation }) => !mentioned.has(operation))).toEqual([]);
      }),
      runs(500),
    );
    expect(changed).toBeGreaterThan(300);
  });
});

/** What a function returns; `undefined` if it refuses a config. */
function valid<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    expect(error).toMatchObject({ code: 'HOLDFAST_CONFIGURATION' });
    return undefined;
  }
}

function expectShownToHold(shown: Shown, inForce: ResolvedSettings): void {
  for (const [path, { value }] of Object.entries(shown)) {
    const held = readAt(inForce, path);
    // Of rules to open by, only those are shown that are given.
    if (path === 'breaker.trip') expect(held).toMatchObject(Object(value));
    // A kind of failure that is retried.
    else if (value === true) expect([path, typeof held]).toEqual([path, 'object']);
    else expect([path, held]).toEqual([path, value]);
  }
}

function expectAllToBeShown(inForce: ResolvedSettings, shown: Shown): void {
  for (const [path, held] of leavesOf(inForce, '')) {
    const [, kind, field] = /^retry\.kinds\.(\w+)(?:\.(\w+))?$/.exec(path) ?? [];
    if (path.startsWith('breaker.trip.') || field === 'always') continue;
    if (kind !== undefined && field === undefined) {
      // Whether a kind is retried is shown where a layer says so.
      const isRetried = Object.entries(RETRIED).some(([each, retried]) => each === kind && retried);
      expect([path, held]).toEqual([path, shown[path]?.value ?? isRetried]);
    } else {
      const { value } = shown[path] ?? shown[`retry.${field}`] ?? {};
      expect([path, held]).toEqual([path, value]);
    }
  }
}

function readAt(settings: ResolvedSettings, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => Reflect.get(Object(part), name), settings);
}

function leavesOf(part: object, prefix: string): (readonly [path: string, value: unknown])[] {
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) => {
    const path = prefix + name;
    const isPart = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isPart ? leavesOf(value, `${path}.`) : [[path, value] as const];
  });
}

/** Every operation that configs or presets name, and the rest. */
function namesIn(all: readonly Pick<ConfigInput, 'operations'>[]): Set<string | undefined> {
  return new Set([undefined, ...all.flatMap(({ operations }) => Object.keys(operations ?? {}))]);
}

interface Read {
  readonly shown: Shown;
  readonly inForce: ResolvedSettings;
}

function read(resilience: Resilience, names: ReadonlySet<string | undefined>): Map<string | undefined, Read> {
  return new Map(
    [...names].map((name) => {
      // An operation that is not known is not made, since its name may become an alias.
      const known =
        name !== undefined && Object.hasOwn(resilience.snapshot().operations, name) ? name : 'nobody names it';
      return [name, { shown: resilience.config(name).settings, inForce: resilience.operation(known).settings }];
    }),
  );
}

/** Returns how many settings of an operation have changed. */
function expectDifference(name: string | undefined, { changes }: ConfigChange, before?: Read, after?: Read): number {
  const own = changes.filter(({ operation, path }) => operation === name && path !== 'alias');
  const told = own.map(({ operation: _, ...rest }) => rest).toSorted(byPath);
  expect(told).toEqual(findDifference(before?.shown, after?.shown).toSorted(byPath));
  if (told.length === 0) expect(after?.inForce).toEqual(before?.inForce);
  return told.length;
}

function findDifference(before: Shown = {}, after: Shown = {}) {
  return Object.keys({ ...before, ...after }).flatMap((path) => {
    const [from, to] = [before[path], after[path]];
    return JSON.stringify(from?.value) === JSON.stringify(to?.value) ? [] : [{ path, from, to }];
  });
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : 1;
}
