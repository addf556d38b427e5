import { defineConfig } from 'tsup';

/** One entry for each subpath of the `exports` map; `test/package/exports.test.ts` holds the two together. */
export const entries: Readonly<Record<string, string>> = {
  index: 'src/index.ts',
  'breaker/index': 'src/breaker/index.ts',
  'retry/index': 'src/retry/index.ts',
  'config/index': 'src/config/index.ts',
};

export default defineConfig({
  entry: { ...entries },
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  tsconfig: 'tsconfig.build.json',
  dts: true,
  clean: true,
  // Shared chunks in both formats, so that one process holds one copy of every class and every WeakMap.
  splitting: true,
});
