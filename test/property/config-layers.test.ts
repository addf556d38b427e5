import fc from 'fast-check';
import { type ConfigInput, createResilience } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { flatten, unflatten } from '../../src/config/flatten.js';
import { type Layer, overlay, type Setting, type SettingTable, toTable } from '../../src/config/layers.js';
import { EMPTY_CONFIG, type MergedConfig, overlayConfigs, toMergedConfig } from '../../src/config/merged-config.js';
import { parseDocument } from '../../src/config/parse-document.js';
import { BUILT_IN } from '../../src/config/presets/catalog.js';
import { DEFAULTS, type Settings } from '../../src/config/settings.js';
import { thrownBy } from '../support/calls.js';
import { NOWHERE } from '../support/configs.js';
import { runs } from '../support/seed.js';

/** Records of which any field may be missing. */
const some = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });

const ms = fc.integer({ min: 1, max: 200_000 });
const waits = some({
  maxAttempts: fc.integer({ min: 1, max: 10 }),
  strategy: fc.constantFrom('fixed', 'linear', 'exponential', 'fibonacci'),
  minDelayMs: ms,
  maxDelayMs: ms,
  multiplier: fc.constantFrom(0.5, 1, 2),
  jitter: fc.constantFrom('none', 'full', 'equal', 'decorrelated', 'additive'),
  jitterMaxMs: ms,
});
const kinds = some({ network: fc.oneof(fc.boolean(), waits), auth: fc.oneof(fc.boolean(), waits) });
const budget = some({
  ratio: fc.constantFrom(0, 0.1),
  floorPerSecond: fc.constantFrom(1, 5),
  burst: fc.constantFrom(1, 20),
});
const retry = fc
  .tuple(
    waits,
    some({ maxElapsedMs: fc.oneof(ms, fc.constant(false)), kinds, budget: fc.oneof(budget, fc.constant(false)) }),
  )
  .map(([one, other]) => ({ ...one, ...other }));
const breaker = some({
  trip: fc.oneof(
    fc.record({ consecutiveFailures: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ failureRate: fc.constantFrom(0.1, 0.5), minimumCalls: fc.constantFrom(1, 50) }),
  ),
  openMs: ms,
  openMaxMs: ms,
  trials: fc.integer({ min: 1, max: 5 }),
  mode: fc.constantFrom('enforce', 'observe'),
});
const off = fc.constant<false>(false);
const settings = some({
  deadlineMs: fc.oneof(ms, off),
  attemptTimeoutMs: fc.oneof(ms, off),
  retry: fc.oneof(retry, off),
  quota: fc.oneof(some({ maxWaitMs: ms, spreadMs: ms }), off),
  breaker: fc.oneof(breaker, off),
});
const strategy = fc.constantFrom('aggressive', 'balanced', 'conservative', 'critical');
const operation = fc.tuple(settings, some({ strategy })).map(([one, other]) => ({ ...one, ...other }));
const document: fc.Arbitrary<ConfigInput> = some({
  preset: fc.constantFrom('simple', 'development', 'production', 'auto', 'none'),
  strategy,
  defaults: settings,
  operations: fc.dictionary(fc.constantFrom('chat', 'qa', 'embed'), operation, { noNullPrototype: true }),
}).map((each) => each as ConfigInput);
const layer = fc.constantFrom('file', 'environment', 'code', 'runtime');

const merged: fc.Arbitrary<MergedConfig> = fc
  .tuple(document, layer)
  .map(([config, name]) => toMergedConfig(parseDocument('config', config), name));

/** What two layers that do not fit together with themselves refuse. */
const unrefused = <T>(make: () => T): T | undefined => {
  try {
    return make();
  } catch (error) {
    expect(error).toMatchObject({ code: 'HOLDFAST_CONFIGURATION' });
    return undefined;
  }
};

describe('layers', () => {
  it('are merged the same way however they are grouped', () => {
    fc.assert(
      fc.property(merged, merged, merged, (a, b, c) => {
        const left = overlayConfigs(overlayConfigs(a, b), c);
        const right = overlayConfigs(a, overlayConfigs(b, c));
        expect(sorted(left)).toEqual(sorted(right));
      }),
      runs(300),
    );
  });

  it('change nothing when they are empty', () => {
    fc.assert(
      fc.property(merged, (a) => {
        expect([sorted(overlayConfigs(EMPTY_CONFIG, a)), sorted(overlayConfigs(a, EMPTY_CONFIG))]).toEqual([
          sorted(a),
          sorted(a),
        ]);
      }),
      runs(200),
    );
  });

  it('give at each path the value of the last one that names it', () => {
    fc.assert(
      fc.property(fc.array(settings, { maxLength: 5 }), (all) => {
        let settled: SettingTable = new Map();
        for (const [index, each] of all.entries()) {
          settled = overlay(settled, toTable(each, { layer: 'code', name: String(index) }));
        }
        for (const [path, setting] of settled) {
          const last = all.findLastIndex((each) => flatten(each).has(path));
          expect(setting).toEqual({ value: flatten(all[last] ?? {}).get(path), layer: 'code', name: String(last) });
        }
      }),
      runs(300),
    );
  });
});

describe('settings', () => {
  it('are unchanged by a conversion to flat settings and back', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const leaves = [...flatten(given)].map(([path, value]) => [path, { value }] as const);
        expect(unflatten(leaves)).toEqual(given);
      }),
      runs(500),
    );
  });

  it('are unchanged by a conversion to JSON and back', () => {
    fc.assert(
      fc.property(document, (given) => {
        const parsed = JSON.parse(JSON.stringify(given)) as ConfigInput;
        expect(parseDocument('config', parsed)).toEqual(parseDocument('config', given));
        const direct = unrefused(() => make(given).config('chat'));
        expect(unrefused(() => make(parsed).config('chat'))).toEqual(direct);
      }),
      runs(200),
    );
  });
});

describe('the layer that is named as the source of a setting', () => {
  it('holds that value at that path', () => {
    const seen = new Set<Layer>();
    fc.assert(
      fc.property(
        fc.record({ outside: document, code: document, file: document, runtime: document }),
        fc.constantFrom('chat', 'qa', 'new'),
        ({ outside, code, file, runtime }, operation) => {
          // What looks like seconds is refused from outside; then the variable is left out.
          const variable = unrefused(() => make({}, outside)) === undefined ? {} : outside;
          const resilience = unrefused(() => make(code, variable));
          if (resilience === undefined) return;
          const documents = new Map<Layer, ConfigInput>([
            ['environment', variable],
            ['code', code],
            ['file', taken(file, () => resilience.configure(file, { layer: 'file' }))],
            ['runtime', taken(runtime, () => resilience.configure(runtime))],
          ]);
          for (const [path, setting] of Object.entries(resilience.config(operation).settings)) {
            const held = heldAt(path, settingsIn(setting, operation, documents));
            seen.add(setting.layer);
            if (setting.layer === 'library' && isDerived(path)) continue;
            expect([path, setting, held]).toEqual([path, setting, expect.arrayContaining([setting.value])]);
          }
        },
      ),
      runs(400),
    );
    expect([...seen].sort()).toEqual(['code', 'environment', 'file', 'library', 'preset', 'runtime', 'strategy']);
  });
});

describe('a change', () => {
  it('that is refused leaves everything as it was, and so does a dry run', () => {
    const broken = fc
      .tuple(document, fc.constantFrom('defaults', 'preset', 'operations', 'nonsense'))
      .map(([config, key]) => ({ ...config, [key]: -1 }));
    fc.assert(
      fc.property(document, broken, document, (first, bad, next) => {
        const resilience = unrefused(() => make(first));
        if (resilience === undefined) return;
        const before = [resilience.config(), resilience.config('chat'), resilience.config('qa')];
        thrownBy(() => resilience.configure(bad));
        unrefused(() => resilience.configure(next, { dryRun: true }));
        expect([resilience.config(), resilience.config('chat'), resilience.config('qa')]).toEqual(before);
      }),
      runs(200),
    );
  });

  it('lists exactly the settings that differ', () => {
    fc.assert(
      fc.property(document, document, (first, next) => {
        const resilience = unrefused(() => make(first));
        if (resilience === undefined) return;
        const before = valuesOf(resilience.config('chat').settings);
        const change = unrefused(() => resilience.configure(next));
        if (change === undefined) return;
        const after = valuesOf(resilience.config('chat').settings);
        const own = change.changes.some(({ operation: name }) => name === 'chat');
        const named = Object.hasOwn(next.operations ?? {}, 'chat') || Object.hasOwn(first.operations ?? {}, 'chat');
        const changes = change.changes.filter(({ operation: name }) => name === (named ? 'chat' : undefined));
        const told = new Map(changes.map(({ path, to }) => [path, to?.value]));
        const expected = Object.keys({ ...before, ...after }).filter(
          (path) => JSON.stringify(before[path]) !== JSON.stringify(after[path]),
        );
        expect([...told.keys()].filter((path) => path !== 'alias').sort()).toEqual(expected.sort());
        for (const path of expected) expect(told.get(path)).toEqual(after[path]);
        expect(own && !named).toBe(false);
      }),
      runs(200),
    );
  });
});

/** The config that is in force after a change: none, when it was refused. */
function taken(config: ConfigInput, change: () => unknown): ConfigInput {
  return unrefused(change) === undefined ? {} : config;
}

function make(config: ConfigInput, variable?: ConfigInput) {
  const env = variable === undefined ? {} : { HOLDFAST_CONFIG: JSON.stringify(variable) };
  return createResilience({ environment: { ...NOWHERE, env }, config });
}

function valuesOf(all: Readonly<Record<string, { readonly value: unknown }>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(all).map(([path, { value }]) => [path, value]));
}

/** Follows from other settings when no layer gives it. */
const isDerived = (path: string) => DERIVED.includes(path) || path.startsWith('retry.kinds.');
const DERIVED = ['retry.maxElapsedMs', 'retry.budget.burst', 'breaker.openMaxMs', 'breaker.trialLeaseMs'];

/** Where two times do not fit together, the weaker one becomes the stronger one, layer and all. */
const MAKES_ROOM: Readonly<Record<string, readonly string[]>> = {
  minDelayMs: ['maxDelayMs'],
  maxDelayMs: ['minDelayMs'],
  jitterMaxMs: ['minDelayMs'],
  openMs: ['openMaxMs'],
  openMaxMs: ['openMs'],
};

/** What the layer of a setting holds for an operation. */
function settingsIn(
  { layer, name = '' }: Setting,
  operation: string,
  documents: ReadonlyMap<Layer, ConfigInput>,
): readonly Settings[] {
  if (layer === 'library') return [DEFAULTS];
  if (layer === 'strategy') return [BUILT_IN.findStrategy(name)?.settings ?? {}];
  const preset = BUILT_IN.findPreset(name);
  const { defaults, operations } =
    layer === 'preset' ? { defaults: preset?.settings, ...preset } : (documents.get(layer) ?? {});
  return [defaults ?? {}, operations?.[operation] ?? {}];
}

/** What is held at a path, or at those that make room for it. */
function heldAt(path: string, all: readonly Settings[]): unknown[] {
  const at = path.lastIndexOf('.') + 1;
  const others = MAKES_ROOM[path.slice(at)] ?? [];
  const elapsed = path.slice(at) === 'minDelayMs' ? ['retry.maxElapsedMs'] : [];
  const paths = [path, ...others.map((other) => path.slice(0, at) + other), ...elapsed];
  return all.flatMap((each) => paths.map((one) => flatten(each).get(one)));
}

function sorted({ preset, strategy: named, defaults, operations }: MergedConfig): unknown {
  const byPath = (settled: SettingTable) => Object.fromEntries(settled);
  const byName = [...operations].map(([name, settled]) => [name, byPath(settled)]);
  return { preset, named, defaults: byPath(defaults), operations: Object.fromEntries(byName) };
}
