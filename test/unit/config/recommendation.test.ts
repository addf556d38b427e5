import { afterEach, describe, expect, it, vi } from 'vitest';
import { recommendPreset } from '../../../src/config/recommendation.js';
import { detectEnvironment, readEnvironment } from '../../../src/environment/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('for the name of an environment', () => {
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
  ])('%s, exactly: %s at %d', (name, preset, confidence, environment) => {
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
  ])('%s holds %s: staging, before whatever else it holds', (name, part) => {
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
  ])('%s holds %s: development, before production', (name, part) => {
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
  ])('%s holds %s: production', (name, part) => {
    const reasoning = `the name contains '${part}'`;
    expect(recommendPreset(name)).toEqual({
      preset: 'production',
      confidence: 0.75,
      reasoning,
      environment: 'production',
    });
  });

  it.each(['qa', '', '   ', 'constructor', '🙂', 'x'.repeat(100_000)])('that nobody knows: simple (%#)', (name) => {
    expect(recommendPreset(name)).toEqual({
      preset: 'simple',
      confidence: 0.4,
      reasoning: 'the name is unknown, and simple suits every environment',
      environment: 'unknown',
    });
  });
});

describe('for a detected environment', () => {
  it('is its preset, with the confidence and the reasons of the detection', () => {
    expect(recommendPreset(detectEnvironment({ env: { NODE_ENV: 'production', CI: '1' } }))).toEqual({
      preset: 'production',
      confidence: 0.7225,
      reasoning: "NODE_ENV is 'production', 1 conflicting signal",
      environment: 'production',
    });
    expect(recommendPreset(detectEnvironment({}))).toMatchObject({ preset: 'simple', confidence: 0.5 });
  });

  it('is that of the running process where none is given', () => {
    vi.stubEnv('ENVIRONMENT', 'production');
    const running = detectEnvironment(readEnvironment());
    expect(recommendPreset()).toEqual(recommendPreset(running));
    expect(recommendPreset()).toMatchObject({ preset: 'production', environment: 'production' });
  });

  it('is refused where it is none', () => {
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
