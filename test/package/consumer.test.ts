import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inTemporaryFolder, pack, ROOT } from '../../scripts/pack.mjs';

const TYPESCRIPT = createRequire(import.meta.url).resolve('typescript/bin/tsc');

const USE = `
import { classify, createResilience, explain, HoldfastError, toHttpStatus } from 'holdfast';
import type { ClassifyRule, Explanation, FailureKind, Report } from 'holdfast';
import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { type ConfigInput, loadConfig, validateConfig, watchConfig } from 'holdfast/config';
import { migrate } from 'holdfast/migrate';
import { retry, retryBudget, type RetryNotice } from 'holdfast/retry';

const resilience = createResilience({ config: { operations: { chat: { deadlineMs: 1_000 } } } });
export const answer: Promise<string> = resilience.execute('chat', async (call) => \`\${call.attempt}\`);
export const report: Promise<Report<number>> = resilience.inspect('chat', () => 1);
export const why: Explanation | undefined = explain(new Error('x'));
export const retryAfterMs = (error: unknown): number | undefined =>
  error instanceof BreakerOpenError ? error.retryAfterMs : undefined;
export const ours = (error: unknown): boolean => HoldfastError.is(error);
export const value: Promise<number> = new CircuitBreaker({ trip: { consecutiveFailures: 2 } }).execute(() => 1);
const rules: readonly ClassifyRule[] = [{ when: { status: 409 }, means: 'overloaded' }];
export const kind: FailureKind = classify(new Error('x'), { rules }).kind;
export const status: number = toHttpStatus(new Error('x'));
const delays: number[] = [];
const onRetry = ({ delayMs }: RetryNotice): void => void delays.push(delayMs);
export const again: Promise<string> = retry(async (call) => \`\${call.attempt}\`, { onRetry, budget: retryBudget() });
const config: ConfigInput = { preset: 'production', operations: { chat: { strategy: 'critical' } } };
export const valid: boolean = validateConfig(config).valid;
export const attempts: unknown = loadConfig({ config }).explain('chat').settings['retry.maxAttempts']?.value;
export const migrated: ConfigInput = migrate({ opossum: { timeout: 3_000 } }).config;
export const stop = (): void => watchConfig(resilience, 'holdfast.json').close();
// @ts-expect-error durations are numbers
createResilience({ config: { defaults: { deadlineMs: '1s' } } });
`;

/** Compiles `USE` as an ES module and as CommonJS where only the package is installed: no Node types, none of opossum. */
function compileAsUser(compilerOptions: Readonly<Record<string, unknown>>): string {
  return inTemporaryFolder((folder) => {
    const installed = join(folder, 'node_modules/holdfast');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', pack(folder).tarball, '-C', installed, '--strip-components=1']);
    writeFileSync(join(folder, 'module.mts'), USE);
    writeFileSync(join(folder, 'common.cts'), USE);
    const config = {
      compilerOptions: { strict: true, noEmit: true, types: [], target: 'ES2022', ...compilerOptions },
      files: ['module.mts', 'common.cts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const { stdout, stderr } = spawnSync(process.execPath, [TYPESCRIPT, '-p', folder], { encoding: 'utf8' });
    return stdout + stderr;
  });
}

describe('the declarations', () => {
  it.each([
    ['NodeNext', { module: 'NodeNext', exactOptionalPropertyTypes: true }],
    ['a bundler', { module: 'Preserve', moduleResolution: 'Bundler' }],
    ['the old resolver', { module: 'CommonJS', moduleResolution: 'Node10' }],
  ])('compile for users with %s and no @types', (_name, options) => {
    expect(compileAsUser({ lib: ['ES2022', 'DOM'], ...options })).toBe('');
  });

  it('name no type of a dependency, but that of a schema, and none of Node', () => {
    const dist = join(ROOT, 'dist');
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.d\.c?ts$/.test(file));
    for (const folder of ['breaker', 'retry']) expect(files.map((file) => dirname(file))).toContain(folder);
    for (const file of files) {
      // Examples in comments import what they like.
      const text = readFileSync(join(dist, file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
      const imported = [...text.matchAll(/(?:from|import|require)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, from]) => from);
      const others = imported.filter((from) => from?.startsWith('.') !== true);
      expect(others).toEqual(dirname(file) === 'config/schema' ? ['zod'] : []);
      expect(text).not.toMatch(/\bNodeJS\.|\breference types=/);
    }
  });
});
