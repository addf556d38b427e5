import { afterEach, describe, expect, it, vi } from 'vitest';
import { recommendPreset } from '../../../src/config/recommendation.js';
import { detectEnvironment, readEnvironment } from '../../../src/environment/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('recommendPreset with the name of an environment', () => {
  it.each([
    ['development', 'development', 0.95, 'development'],
    ['dev', 'development', 0.9, 'development'],
    ['testing', 'development', 0.85, 'testing'],
    ['test', 'development', 0.85, 'testing'],
    ['staging', 'production', 0.9, 'staging'],
    ['stage', 'production', 0.85, 'staging'],
    ['production', 'production', 0.95, 'production'],
    ['prod', 'production', 0.9, 'production'],
    ['live', 'production', 0.85, 'production'],
  ])('recommends for exactly %s the preset %s at %d', (name, preset, confidence, environment) => {
    const reasoning = `the name says ${environment}`;
    for (const written of [name, name.toUpperCase(), ` ${name}\t`]) {
      expect(recommendPreset(written)).toEqual({ preset, confidence, reasoning, environment });
    }
  });

  it.each([
    ['my-stag-2', 'stag'],
    ['pre-prod', 'pre-prod'],
    ['Preprod-EU', 'preprod'],
    ['preproduction', 'preprod'],
    ['uat', 'uat'],
    ['integration-test', 'integration'],
  ])('takes %s for staging because it contains %s, whatever else it contains', (name, part) => {
    const reasoning = `the name contains '${part}'`;
    expect(recommendPreset(name)).toEqual({ preset: 'production', confidence: 0.7, reasoning, environment: 'staging' });
  });

  it.each([
    ['dev-eu', 'dev'],
    ['LOCALHOST', 'local'],
    ['load-test', 'test'],
    ['sandbox', 'sandbox'],
    ['demo3', 'demo'],
    ['local-prod', 'local'],
  ])('takes %s for development because it contains %s, even beside production', (name, part) => {
    const reasoning = `the name contains '${part}'`;
    expect(recommendPreset(name)).toEqual({
      preset: 'development',
      confidence: 0.75,
      reasoning,
      environment: 'development',
    });
  });

  it.each([
    ['eu-prod', 'prod'],
    ['live-2', 'live'],
    ['release', 'release'],
    ['stable', 'stable'],
    ['main', 'main'],
    ['Master', 'master'],
  ])('takes %s for production because it contains %s', (name, part) => {
    const reasoning = `the name contains '${part}'`;
    expect(recommendPreset(name)).toEqual({
      preset: 'production',
      confidence: 0.75,
      reasoning,
      environment: 'production',
    });
  });

  it.each(['qa', '', '   ', 'constructor', '🙂', 'x'.repeat(100_000)])(
    'recommends simple for an unknown name (%#)',
    (name) => {
      expect(recommendPreset(name)).toEqual({
        preset: 'simple',
        confidence: 0.4,
        reasoning: 'the name is unknown, and simple suits every environment',
        environment: 'unknown',
      });
    },
  );
});

describe('recommendPreset with a detected environment', () => {
  it('returns its preset, with the confidence and the reasons of the detection', () => {
    expect(recommendPreset(detectEnvironment({ env: { NODE_ENV: 'production', CI: '1' } }))).toEqual({
      preset: 'production',
      confidence: 0.7225,
      reasoning: "NODE_ENV is 'production', 1 conflicting signal",
      environment: 'production',
    });
    expect(recommendPreset(detectEnvironment({}))).toMatchObject({ preset: 'simple', confidence: 0.5 });
  });

  it('uses the running process if no environment is given', () => {
    vi.stubEnv('ENVIRONMENT', 'production');
    const running = detectEnvironment(readEnvironment());
    expect(recommendPreset()).toEqual(recommendPreset(running));
    expect(recommendPreset()).toMatchObject({ preset: 'production', environment: 'production' });
  });

  it('refuses a value that is not a detected environment', () => {
    const wrongWith = (given: unknown) => issuesOf(() => Reflect.apply(recommendPreset, undefined, [given]));
    expect(wrongWith(5)).toMatchObject([{ path: 'environment', message: 'must be a plain object' }]);
    expect(wrongWith({ environment: 'prodution', confidence: 2, reasoning: 'x' })).toMatchObject([
      { path: 'environment.environment', suggestion: "Did you mean 'production'?" },
      { path: 'environment.confidence' },
    ]);
    expect(wrongWith({}).map(({ path }) => path)).toEqual([
      'environment.environment',
      'environment.confidence',
      'environment.reasoning',
    ]);
  });
});
