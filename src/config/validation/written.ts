import type { ConfigInput, OperationInput } from '../document.js';
import type { Catalog } from '../presets/catalog.js';
import type { Settings } from '../settings.js';

/** A place in a config at which a setting is written. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
  /** How far it is from the operation: 0 is among its own settings. */
  readonly distance: number;
}

/** A config or a preset as it is written, with the path of each of its parts. */
export interface Written {
  /** The fields beside the settings: `strategy`, `preset`. */
  readonly top: { readonly path: string; readonly fields: Readonly<Record<string, unknown>> };
  readonly defaults: { readonly path: string; readonly settings: Settings };
  readonly operations: { readonly path: string; readonly byName: ReadonlyMap<string, OperationInput> };
  /** The preset and strategy whose settings come with their names. */
  readonly named: { readonly strategy?: string | undefined; readonly preset?: string | undefined };
  readonly catalog: Catalog;
}

/** The parts of a config. */
export function toWritten(document: ConfigInput, catalog: Catalog): Written {
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
 * Finds where a setting of an operation is written: at the operation, for all operations, or as the name of a strategy or
 * preset that holds it. Returns `undefined` if it is not written anywhere.
 */
export function findPlace(written: Written, operation: string | undefined, path: string): Place | undefined {
  const { top, defaults, operations, named, catalog } = written;
  const own = operation === undefined ? undefined : operations.byName.get(operation);
  const ownPath = `${operations.path}.${operation}`;
  const strategy = catalog.findStrategy(own?.strategy ?? named.strategy ?? '')?.settings;
  const preset = catalog.findPreset(named.preset ?? '')?.settings;
  return (
    findIn(ownPath, own, path, 0) ??
    findIn(defaults.path, defaults.settings, path, 2) ??
    findIn(top.path, top.fields, path, 2) ??
    (readPath(strategy, path) === undefined
      ? undefined
      : (findIn(ownPath, own, 'strategy', 1) ?? findIn(top.path, top.fields, 'strategy', 3))) ??
    (readPath(preset, path) === undefined ? undefined : findIn(top.path, top.fields, 'preset', 4))
  );
}

function findIn(prefix: string, part: object | undefined, path: string, distance: number): Place | undefined {
  const value = readPath(part, path);
  return value === undefined ? undefined : { path: `${prefix}.${path}`, value, distance };
}

function readPath(part: object | undefined, path: string): unknown {
  let value: unknown = part;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}
