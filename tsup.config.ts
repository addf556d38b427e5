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
};

/** What the library uses of zod is bundled, tree-shaken; `zod` itself, for `holdfast/config/schema`, is the user's own. */
const noExternal = [/^zod\//];

const common: Options = {
  target: 'node20',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  splitting: true,
  noExternal,
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
    // CommonJS has no `import.meta.url`, from which the parser of YAML is looked for.
    shims: true,
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
