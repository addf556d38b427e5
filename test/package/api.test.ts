import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/pack.mjs';
import { publicTypes } from './declarations.js';
import { doors } from './manifest.js';

/** A change of these files is a change of the public API: make it on purpose, with `vitest -u`, and say so in the changelog. */
describe.each(doors)('the public API of %s', (subpath, door) => {
  const name = subpath === '.' ? 'root' : subpath.slice('./'.length);

  it('exports the recorded names', async () => {
    const module: Record<string, unknown> = await import(pathToFileURL(join(ROOT, door.import.default)).href);
    const names = Object.keys(module).sort().join('\n');
    await expect(`${names}\n`).toMatchFileSnapshot(`api/${name}.names.txt`);
  });

  it('declares the recorded types', async () => {
    await expect(publicTypes(join(ROOT, door.import.types))).toMatchFileSnapshot(`api/${name}.types.txt`);
  });

  it('declares the same types to import and to require', () => {
    expect(publicTypes(join(ROOT, door.require.types))).toBe(publicTypes(join(ROOT, door.import.types)));
  });
});
