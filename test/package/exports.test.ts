import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, pack } from '../../scripts/pack.mjs';
import { SUBPATHS } from '../../scripts/size.mjs';
import { entries } from '../../tsup.config.js';
import { doors, manifest } from './manifest.js';

const packed = inTemporaryFolder((folder) => pack(folder).files);

/** `dist/breaker/index` is what subpath `./breaker` is built as. */
const builtAs = (subpath: string): string => (subpath === '.' ? 'index' : `${subpath.slice('./'.length)}/index`);

describe('the exports map', () => {
  it('has one subpath for each entry of the build', () => {
    expect(doors.map(([subpath]) => builtAs(subpath)).sort()).toEqual(Object.keys(entries).sort());
  });

  it('lets package.json be read', () => {
    expect(manifest.exports['./package.json']).toBe('./package.json');
  });

  it('has a size limit for each subpath', () => {
    expect(Object.keys(SUBPATHS)).toEqual(doors.map(([subpath]) => `holdfast${subpath.slice(1)}`));
  });

  it.each(doors)('gives %s to import and to require, the types first', (subpath, door) => {
    const path = `./dist/${builtAs(subpath)}`;
    expect(door).toEqual({
      import: { types: `${path}.d.ts`, default: `${path}.js` },
      require: { types: `${path}.d.cts`, default: `${path}.cjs` },
    });
    expect(Object.keys(door.import)).toEqual(['types', 'default']);
    expect(Object.keys(door.require)).toEqual(['types', 'default']);
  });

  it('is told to resolvers that do not read it, too', () => {
    const { main, module, types, typesVersions } = manifest;
    expect({ main, module, types }).toEqual({
      main: './dist/index.cjs',
      module: './dist/index.js',
      types: './dist/index.d.cts',
    });
    const subpaths = doors.filter(([subpath]) => subpath !== '.');
    expect(typesVersions).toEqual({
      '*': Object.fromEntries(subpaths.map(([subpath, door]) => [subpath.slice('./'.length), [door.require.types]])),
    });
  });
});

describe('the packed tarball', () => {
  it.each(doors)('holds every file that %s leads to', (_subpath, door) => {
    const files = [...Object.values(door.import), ...Object.values(door.require)];
    expect(packed).toEqual(expect.arrayContaining(files.map((file) => file.slice('./'.length))));
  });

  it('holds the build, the licence, the readme, the changelog, and nothing else', () => {
    const others = packed.filter((file) => !file.startsWith('dist/'));
    expect(others).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    const built = packed.filter((file) => file.startsWith('dist/'));
    expect(built.filter((file) => !/\.(?:js|cjs|d\.ts|d\.cts)$/.test(file))).toEqual([]);
  });
});
