import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, type Options } from 'tsup';

/** One entry for each subpath of the `exports` map; `test/package/exports.test.ts` holds the two together. */
export const entries: Readonly<Record<string, string>> = {
  index: 'src/entry/root.ts',
  'breaker/index': 'src/entry/breaker.ts',
  'retry/index': 'src/entry/retry.ts',
  'config/index': 'src/entry/config.ts',
  'config/schema/index': 'src/entry/config-schema.ts',
  'admin/index': 'src/entry/admin.ts',
  'migrate/index': 'src/entry/migrate.ts',
  'telemetry/index': 'src/entry/telemetry.ts',
  'ai/index': 'src/entry/ai.ts',
};

/** Each build inlines the dependency that is written for the other module system (docs/decisions/0015). */
const IMPORTED: Readonly<Record<string, string>> = { esm: 'p-retry', cjs: 'opossum' };

/** Packages of which code is in `dist`, where their licences have to be, too. */
const INLINED: readonly string[] = ['is-network-error', 'opossum', 'p-retry', 'zod'];

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** Turns the `require('events')` of opossum into an import: in a bundle, an ES module cannot require what Node has. */
const importEvents: Plugin = {
  name: 'import-events',
  setup(build) {
    build.onResolve({ filter: /^events$/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, namespace: 'required' } : undefined,
    );
    build.onLoad({ filter: /^events$/, namespace: 'required' }, () => ({
      contents: "module.exports = require('imported').EventEmitter;",
    }));
    build.onResolve({ filter: /^imported$/, namespace: 'required' }, ({ path }) => ({ path, namespace: 'imported' }));
    build.onLoad({ filter: /^imported$/, namespace: 'imported' }, () => ({
      contents: "export { EventEmitter } from 'node:events';",
    }));
  },
};

/** Writes the licences of the inlined packages, which demand that they come along. */
async function writeLicences(): Promise<void> {
  const licences = INLINED.map((name) => {
    const folder = join('node_modules', name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${folder} has no licence`);
    return `${name}\n${'='.repeat(name.length)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  await writeFile('dist/THIRD-PARTY-LICENSES.txt', licences.join('\n\n'));
}

const common: Options = {
  target: 'node20',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  splitting: true,
  // What the library uses of zod, tree-shaken; `zod` itself, for `holdfast/config/schema`, is the user's own.
  noExternal: [/^zod\//, /^opossum$/, /^p-retry$/, /^is-network-error$/],
  esbuildPlugins: [importEvents],
  esbuildOptions(options, { format }) {
    options.external = [...(options.external ?? []), IMPORTED[format] ?? []].flat();
    // CommonJS has no `import.meta`.
    if (format === 'cjs') options.define = { ...options.define, 'import.meta.filename': '__filename' };
  },
};

export default defineConfig([
  {
    ...common,
    entry: { ...entries },
    // Shared chunks in both formats, so that one process holds one copy of every class and every WeakMap.
    format: ['esm', 'cjs'],
    dts: true,
    // Both builds run at once, and each cleans up after itself only.
    clean: ['!cli'],
    onSuccess: writeLicences,
  },
  {
    ...common,
    // The command line is run, never imported. By itself, because what it loads late would tear the library into many
    // small files, which take half as long again to import.
    entry: { main: 'src/cli/main.ts' },
    outDir: 'dist/cli',
    format: 'esm',
    clean: true,
  },
]);
