import { describe, expect, it, vi } from 'vitest';
import { detectEnvironment } from '../../../src/environment/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

/** What is wrong with an input that has no type. */
function wrongWith(input: unknown) {
  return issuesOf(() => Reflect.apply(detectEnvironment, undefined, [input]));
}

describe('detectEnvironment with an input of the wrong shape', () => {
  it.each([undefined, null, 'production', 5, [], new Map()])('refuses what is not a plain object: %j', (input) => {
    expect(wrongWith(input)).toMatchObject([{ path: 'environment', message: 'must be a plain object' }]);
  });

  it('reports everything that is wrong at once', () => {
    const issues = wrongWith({ env: 'NODE_ENV=test', files: ['.git', 5], hostname: 5, feature: 'ai', hostNam: 'x' });
    expect(issues).toMatchObject([
      { path: 'environment.hostNam', suggestion: "Did you mean 'hostname'?" },
      { path: 'environment.env', message: 'must be an object of strings' },
      { path: 'environment.files', message: 'must be an array of strings' },
      { path: 'environment.hostname', message: 'must be a string' },
      { path: 'environment.feature' },
    ]);
    expect(wrongWith({ env: [], files: '.git' })).toHaveLength(2);
  });

  it('refuses a variable that matters and is not a string, and ignores all others', () => {
    expect(wrongWith({ env: { DEBUG: true, CI: 1, PORT: 80 } })).toMatchObject([
      { path: 'environment.env.DEBUG', message: 'must be a string', received: 'true' },
      { path: 'environment.env.CI', message: 'must be a string', received: '1' },
    ]);
  });

  it('refuses an object with a getter that throws', () => {
    const trap = (name: string, target: object) =>
      Object.defineProperty(target, name, {
        enumerable: true,
        get: () => {
          throw new RangeError('no');
        },
      });
    expect(wrongWith(trap('env', {}))).toMatchObject([{ path: 'environment' }]);
    expect(wrongWith({ env: trap('CI', {}) })).toMatchObject([{ path: 'environment.env.CI' }]);
    expect(wrongWith({ files: trap('0', []) })).toMatchObject([{ path: 'environment.files' }]);
  });
});

it('detectEnvironment treats undefined parts as absent', () => {
  const input = { env: undefined, files: undefined, hostname: undefined, feature: undefined };
  expect(detectEnvironment(input)).toEqual(detectEnvironment({}));
});

it('detectEnvironment accepts process.env', () => {
  vi.stubEnv('ENVIRONMENT', 'staging');
  expect(detectEnvironment({ env: process.env })).toMatchObject({ environment: 'staging', detectedBy: 'ENVIRONMENT' });
  vi.unstubAllEnvs();
});
