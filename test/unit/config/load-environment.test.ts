import { describe, expect, it } from 'vitest';
import { IssueCollector } from '../../../src/config/load/issue-collector.js';
import { findMisspelledVariables, readConfigFromEnv, type Variables } from '../../../src/config/load/variables.js';
import { issuesOf } from '../../support/breaker-steps.js';

/** What is wrong with variables that have no type. */
function wrongWith(env: unknown) {
  return issuesOf(() => Reflect.apply(readConfigFromEnv, undefined, [env]));
}

describe('readConfigFromEnv', () => {
  it.each<[Variables, unknown]>([
    [{}, undefined],
    [{ HOLDFAST_PRESET: '', HOLDFAST_CONFIG: ' \n' }, undefined],
    [{ HOLDFAST_PRESET: undefined, HOLDFAST_CONFIG: undefined }, undefined],
    [{ HOLDFAST_PRESET: ' production ' }, { preset: 'production' }],
    [{ HOLDFAST_PRESET: 'none' }, { preset: 'none' }],
    [{ HOLDFAST_CONFIG: '{"defaults":{"deadlineMs":5000}}' }, { defaults: { deadlineMs: 5_000 } }],
    [{ HOLDFAST_CONFIG: '\n  {}' }, {}],
    [
      { HOLDFAST_PRESET: 'production', HOLDFAST_CONFIG: '{"preset":"simple","strategy":"critical"}' },
      { preset: 'production', strategy: 'critical' },
    ],
  ])('returns the config of the variables: %j', (env, config) => {
    expect(readConfigFromEnv(env)).toEqual(config);
  });

  it('reports all issues at once, with the variable in their paths', () => {
    const env = {
      HOLDFAST_PRESET: 'prod',
      HOLDFAST_CONFIG: '{"preset":"simpel","defaults":{"deadlineMs":"30s"},"operations":{"chat":{"retry":5}}}',
    };
    expect(wrongWith(env)).toMatchObject([
      { path: 'HOLDFAST_PRESET', received: 'the string "prod"', suggestion: "Did you mean 'production'?" },
      { path: 'HOLDFAST_CONFIG.defaults.deadlineMs', suggestion: 'Did you mean 30000?' },
      { path: 'HOLDFAST_CONFIG.preset', suggestion: "Did you mean 'simple'?" },
      { path: 'HOLDFAST_CONFIG.operations.chat.retry' },
    ]);
    expect(wrongWith({ HOLDFAST_CONFIG: 'production' })).toMatchObject([
      { path: 'HOLDFAST_CONFIG', suggestion: 'Did you mean HOLDFAST_PRESET=production?' },
    ]);
    expect(wrongWith({ HOLDFAST_PRESET: 'Production', HOLDFAST_CONFIG: 'gone.json' })).toMatchObject([
      { path: 'HOLDFAST_PRESET', suggestion: "Did you mean 'production'?" },
      {
        path: 'HOLDFAST_CONFIG',
        message: expect.stringContaining('does not exist'),
        received: 'the string "gone.json"',
      },
    ]);
    expect(wrongWith({ HOLDFAST_CONFIG: '{ preset: none }' })).toMatchObject([
      { path: 'HOLDFAST_CONFIG', message: 'must be JSON: expected a key in double quotes or } at line 1, column 3' },
    ]);
  });

  it('refuses variables that are not strings', () => {
    expect(wrongWith({ HOLDFAST_PRESET: 5, HOLDFAST_CONFIG: {} })).toMatchObject([
      { path: 'HOLDFAST_PRESET', message: 'must be a string' },
      { path: 'HOLDFAST_CONFIG', message: 'must be a string' },
    ]);
    for (const env of [undefined, null, 'HOLDFAST_PRESET=simple']) {
      expect(wrongWith(env)).toMatchObject([{ path: 'env', message: 'must be an object of strings' }]);
    }
  });

  it('does not swallow unexpected errors', () => {
    const broken = () => {
      throw new RangeError('a bug');
    };
    expect(() => new IssueCollector().attempt(broken)).toThrow(RangeError);
  });
});

describe('findMisspelledVariables', () => {
  it('suggests the variable that was probably meant', () => {
    const env = { HOLDFAST_PRESETS: '', HOLDFAST_CONFG: '', HOLDFAST_CONFIG_FILE: '', HOLDFAST_preset: '' };
    expect(findMisspelledVariables(env)).toEqual([
      "HOLDFAST_PRESETS is not read. Did you mean 'HOLDFAST_PRESET'?",
      "HOLDFAST_CONFG is not read. Did you mean 'HOLDFAST_CONFIG'?",
      "HOLDFAST_CONFIG_FILE is not read. Did you mean 'HOLDFAST_CONFIG'?",
      "HOLDFAST_preset is not read. Did you mean 'HOLDFAST_PRESET'?",
    ]);
  });

  it('ignores variables of other programs', () => {
    const env = {
      HOLDFAST_PRESET: '',
      HOLDFAST_CONFIG: '',
      HOLDFAST_: '',
      HOLDFAST_SERVICE_HOST: '10.0.0.1',
      HOLDFAST_PORT_80_TCP: '',
      HOLDFAST_SEED: '5',
      PRESETS: '',
      MY_HOLDFAST_PRESETS: '',
    };
    expect(findMisspelledVariables(env)).toEqual([]);
  });
});
