import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/pack.mjs';

/** Where one subpath leads, by the way it is reached. */
export interface Door {
  readonly import: { readonly types: string; readonly default: string };
  readonly require: { readonly types: string; readonly default: string };
}

/** What these tests read of package.json. */
export interface Manifest {
  readonly main: string;
  readonly module: string;
  readonly types: string;
  readonly bin: Readonly<Record<'holdfast', string>>;
  readonly exports: Readonly<Record<string, Door | string>>;
  readonly typesVersions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

export const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The subpaths that hold code, each with its door. */
export const doors: readonly (readonly [subpath: string, door: Door])[] = Object.entries(manifest.exports).flatMap(
  ([subpath, door]) => (typeof door === 'string' ? [] : [[subpath, door] as const]),
);
