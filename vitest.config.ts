import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { defineConfig, type Plugin } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** Tests of the sources import the package by its name, as users do. Tests of the built package get no alias. */
const alias = [
  { find: /^holdfast$/, replacement: source('entry/root.ts') },
  { find: /^holdfast\/breaker$/, replacement: source('entry/breaker.ts') },
  { find: /^holdfast\/retry$/, replacement: source('entry/retry.ts') },
  { find: /^holdfast\/config$/, replacement: source('entry/config.ts') },
  { find: /^holdfast\/config\/schema$/, replacement: source('entry/config-schema.ts') },
  { find: /^holdfast\/admin$/, replacement: source('entry/admin.ts') },
  { find: /^holdfast\/migrate$/, replacement: source('entry/migrate.ts') },
  { find: /^holdfast\/telemetry$/, replacement: source('entry/telemetry.ts') },
  { find: /^holdfast\/ai$/, replacement: source('entry/ai.ts') },
];

/** No runtime of ours knows standard decorators yet, and Vite leaves them as they stand. */
const decorators: Plugin = {
  name: 'lower-decorators',
  enforce: 'pre',
  transform: {
    filter: { id: /\/test\/.*\.ts$/, code: /^\s*@\w/m },
    async handler(code, id) {
      const { code: lowered, map } = await transform(code, {
        loader: 'ts',
        target: 'es2022',
        sourcefile: id,
        sourcemap: true,
      });
      return { code: lowered, map };
    },
  },
};

const ofSources = { extends: true as const, resolve: { alias }, plugins: [decorators] };

export default defineConfig({
  test: {
    allowOnly: false,
    dangerouslyIgnoreUnhandledErrors: false,
    passWithNoTests: false,
    retry: 0,
    // One worker for each core; by itself Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: '100%',
    // What a test says nothing about is as the library has it, whatever environment the tests run in.
    env: { HOLDFAST_PRESET: 'none' },
    reporters: ['default', 'json'],
    outputFile: { json: '.cache/test-results/vitest.json' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text', 'html', 'json-summary'],
      thresholds: { lines: 95, branches: 95, functions: 95, statements: 95 },
    },
    projects: [
      { ...ofSources, test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      { ...ofSources, test: { name: 'property', include: ['test/property/**/*.test.ts'], testTimeout: 60_000 } },
      {
        ...ofSources,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          // The leak tests compare heaps after a forced collection.
          execArgv: ['--expose-gc'],
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts', 'test/layers/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ...ofSources,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: 'tsconfig.json',
            // Everything else is the business of `npm run typecheck`.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
});
