import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listDocuments } from '../../scripts/documents.mjs';
import { inTemporaryFolder, pack, ROOT } from '../../scripts/pack.mjs';
import { SUBPATHS } from '../../scripts/size.mjs';
import { entries } from '../../tsup.config.js';
import { listTargets } from './document-links.js';
import { readDocument } from './documents.js';
import { doors, manifest } from './manifest.js';

/** It had 716 kB when the documents came in. */
const LARGEST_TARBALL_BYTES = 1_250_000;

const { files: packed, sizeBytes } = inTemporaryFolder((folder) => pack(folder));

/** `dist/breaker/index` is what subpath `./breaker` is built as. */
const builtAs = (subpath: string): string => (subpath === '.' ? 'index' : `${subpath.slice('./'.length)}/index`);

describe('the exports map', () => {
  it('has one subpath for each entry of the build', () => {
    expect(doors.map(([subpath]) => builtAs(subpath)).sort()).toEqual(Object.keys(entries).sort());
  });

  it.each(['package.json', 'holdfast.schema.json'])('lets %s be read', (file) => {
    expect(manifest.exports[`./${file}`]).toBe(`./${file}`);
    expect(packed).toContain(file);
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

  it('is repeated for resolvers that do not read it', () => {
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

  it('holds the command line, which Node is asked to run', () => {
    expect(manifest.bin).toEqual({ holdfast: './dist/cli/main.js' });
    expect(packed).toContain('dist/cli/main.js');
    expect(readFileSync(join(ROOT, manifest.bin.holdfast), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('holds the build, the schema, the documents, and nothing else', () => {
    const others = packed.filter((file) => !/^(?:dist|docs)\//.test(file));
    expect(others).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'bench/README.md',
      'holdfast.schema.json',
      'llms.txt',
      'package.json',
    ]);
    const built = packed.filter((file) => file.startsWith('dist/'));
    expect(built.filter((file) => !/\.(?:js|cjs|d\.ts|d\.cts)$/.test(file))).toEqual(['dist/THIRD-PARTY-LICENSES.txt']);
  });
});

describe('the documents in the tarball', () => {
  const documents = listDocuments(ROOT);

  it('are all there, and listed in llms.txt', () => {
    expect(packed).toEqual(expect.arrayContaining([...documents]));
    const listed = [...readDocument('llms.txt').matchAll(/^- \[.+\]\((.+)\): \S.*$/gm)].map(([, path]) => path);
    expect(listed.toSorted()).toEqual(documents.toSorted());
  });

  // The page of the benches is about files that only the repository has.
  it.each(documents.filter((document) => document !== 'bench/README.md'))(
    'link in %s only to files that exist',
    (document) => {
      const isThere = (path: string) => packed.some((file) => file === path || file.startsWith(`${path}/`));
      expect(listTargets(document).filter((path) => !isThere(path.replace(/\/$/, '')))).toEqual([]);
    },
  );

  it('begin llms.txt with the name of the package and one sentence, and put each link into a section', () => {
    expect(readDocument('llms.txt')).toMatch(/^# holdfast\n\n> \S.+\.\n\n(?:## \w+\n\n(?:- .+\n)+\n?)+$/);
  });

  it('leave the tarball small', () => {
    expect(sizeBytes).toBeLessThanOrEqual(LARGEST_TARBALL_BYTES);
  });
});

describe('the built code', () => {
  const files = readdirSync(join(ROOT, 'dist'), { recursive: true, encoding: 'utf8' });
  const textOf = (extension: '.js' | '.cjs'): string =>
    files
      .filter((file) => file.endsWith(extension))
      .map((file) => readFileSync(join(ROOT, 'dist', file), 'utf8'))
      .join('\n');
  const packagesIn = (text: string, loading: RegExp): string[] => {
    const names = [...text.matchAll(loading)].flatMap(([, name]) => name ?? []);
    return [...new Set(names)].filter((name) => !name.startsWith('.') && !builtinModules.includes(name)).sort();
  };

  it('imports only ES modules as an ES module, and requires nothing, which a bundle in ESM could not', () => {
    expect(packagesIn(textOf('.js'), /^(?:import|export) .*?["']([^"']+)["'];$/gm)).toEqual(['p-retry', 'zod']);
    expect(packagesIn(textOf('.js'), /\brequire\(["']([^"']+)["']\)/g)).toEqual([]);
  });

  it('requires no package as CommonJS that is an ES module only, which Jest could not', () => {
    expect(packagesIn(textOf('.cjs'), /\brequire\(["']([^"']+)["']\)/g)).toEqual(['opossum', 'zod']);
  });

  it('comes with the licence of each package that is inlined', () => {
    const inlined = packagesIn(textOf('.js') + textOf('.cjs'), /^\/\/ .*node_modules\/((?:@[^/]+\/)?[^/]+)/gm);
    const licences = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect([...licences.matchAll(/^(.+)\n=+$/gm)].map(([, name]) => name)).toEqual(inlined);
  });
});
