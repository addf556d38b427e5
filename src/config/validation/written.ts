import type { ConfigInput, OperationInput } from '../document.js';
import type { Catalog } from '../presets/catalog.js';
import type { Settings } from '../settings.js';

/** Where a value was written, and the value. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
  /** How near it is to what it is about: 0 is the operation itself. */
  readonly distance: number;
}

/** A part of a config. */
interface Part {
  readonly path: string;
}

/** The parts of a config as written, each with its path. */
export interface Written {
  /** What stands beside the settings: `strategy`, `preset`. */
  readonly top: Part & { readonly fields: Readonly<Record<string, unknown>> };
  readonly defaults: Part & { readonly settings: Settings };
  readonly operations: Part & { readonly byName: ReadonlyMap<string, OperationInput> };
  /** Whose settings were asked for by name. */
  readonly named: { readonly strategy: string | undefined; readonly preset: string | undefined };
  readonly catalog: Catalog;
}

/** What a config says. */
export function writtenIn(document: ConfigInput, catalog: Catalog): Written {
  const { preset, strategy, defaults = {}, operations = {} } = document;
  return {
    top: { path: 'config', fields: { preset, strategy } },
    defaults: { path: 'config.defaults', settings: defaults },
    operations: { path: 'config.operations', byName: new Map(Object.entries(operations)) },
    named: { preset, strategy },
    catalog,
  };
}

/**
 * Returns where a setting of an operation was written: in the operation, in the defaults, or as the name of a strategy or preset
 * that holds it. Returns `undefined` if it was not written.
 */
export function placeOf(written: Written, operation: string | undefined, path: string): Place | undefined {
  const { top, defaults, operations, named, catalog } = written;
  const own = operation === undefined ? undefined : operations.byName.get(operation);
  const ownPath = `${operations.path}.${operation}`;
  const ofStrategy = holds(catalog.findStrategy(own?.strategy ?? named.strategy ?? '')?.settings, path);
  const ofPreset = holds(catalog.findPreset(named.preset ?? '')?.settings, path);
  return (
    placeIn(ownPath, own, path, 0) ??
    placeIn(defaults.path, defaults.settings, path, 2) ??
    placeIn(top.path, top.fields, path, 2) ??
    (ofStrategy ? (placeIn(ownPath, own, 'strategy', 1) ?? placeIn(top.path, top.fields, 'strategy', 3)) : undefined) ??
    (ofPreset ? placeIn(top.path, top.fields, 'preset', 4) : undefined)
  );
}

function placeIn(prefix: string, part: object | undefined, path: string, distance: number): Place | undefined {
  const value = part === undefined ? undefined : valueAt(part, path);
  return value === undefined ? undefined : { path: `${prefix}.${path}`, value, distance };
}

function holds(settings: Settings | undefined, path: string): boolean {
  return settings !== undefined && valueAt(settings, path) !== undefined;
}

function valueAt(part: object, path: string): unknown {
  let value: unknown = part;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
