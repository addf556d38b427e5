import { describe, expect, it } from 'vitest';
import { weighSignals } from '../../../src/environment/detect.js';
import { detectEnvironment, type EnvironmentSignal, isProduction, presetOf } from '../../../src/environment/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

const signal = (
  source: string,
  environment: EnvironmentSignal['environment'],
  confidence: number,
): EnvironmentSignal => ({ source, value: 'x', environment, confidence, reasoning: `${source} is set` });

const nodeEnv = signal('NODE_ENV', 'production', 0.85);

describe('weighing signals', () => {
  it('gives development as a guess if there are no signals', () => {
    expect(detectEnvironment({})).toEqual({
      environment: 'development',
      confidence: 0.5,
      reasoning: 'no signal was found',
      detectedBy: 'fallback',
      signals: [],
      metadata: { feature: 'default', unrecognised: [] },
    });
  });

  it.each([
    { say: 'one', of: [nodeEnv], confidence: 0.85, reasoning: 'NODE_ENV is set' },
    {
      say: 'two that agree',
      of: [nodeEnv, signal('APP_ENV', 'production', 0.85)],
      confidence: 0.9,
      reasoning: 'NODE_ENV is set, 1 confirming signal',
    },
    {
      say: 'four that agree, capped',
      of: [nodeEnv, ...['A', 'B', 'C'].map((name) => signal(name, 'production', 0.6))],
      confidence: 0.98,
      reasoning: 'NODE_ENV is set, 3 confirming signals',
    },
    {
      say: 'a weak conflict',
      of: [nodeEnv, signal('.git', 'development', 0.7)],
      confidence: 0.85,
      reasoning: 'NODE_ENV is set, 1 conflicting signal',
    },
    {
      say: 'a strong conflict',
      of: [nodeEnv, signal('CI', 'testing', 0.75)],
      confidence: 0.7225,
      reasoning: 'NODE_ENV is set, 1 conflicting signal',
    },
    {
      say: 'two strong conflicts, which count once',
      of: [nodeEnv, signal('CI', 'testing', 0.75), signal('RAILS_ENV', 'staging', 0.8)],
      confidence: 0.7225,
      reasoning: 'NODE_ENV is set, 2 conflicting signals',
    },
    {
      say: 'agreement, capped before the conflict takes away',
      of: [nodeEnv, ...['A', 'B', 'C'].map((name) => signal(name, 'production', 0.6)), signal('CI', 'testing', 0.75)],
      confidence: 0.833,
      reasoning: 'NODE_ENV is set, 3 confirming signals, 1 conflicting signal',
    },
  ])('raises confidence by agreement and lowers it by strong conflict: $say', ({ of, confidence, reasoning }) => {
    expect(weighSignals(of)).toEqual({ environment: 'production', confidence, reasoning, detectedBy: 'NODE_ENV' });
  });

  it('lets the first of several equal signals decide', () => {
    const other = signal('RAILS_ENV', 'staging', 0.85);
    expect(weighSignals([nodeEnv, other])).toMatchObject({ environment: 'production', detectedBy: 'NODE_ENV' });
    expect(weighSignals([other, nodeEnv])).toMatchObject({ environment: 'staging', detectedBy: 'RAILS_ENV' });
  });

  it('lets the heaviest signal decide, wherever it stands', () => {
    const heavy = signal('ENFORCE_AUTH', 'staging', 0.98);
    expect(weighSignals([nodeEnv, heavy, nodeEnv])).toMatchObject({ detectedBy: 'ENFORCE_AUTH', confidence: 0.833 });
  });
});

describe('detectEnvironment with common combinations', () => {
  it.each([
    [{ env: { NODE_ENV: 'production', AWS_LAMBDA_FUNCTION_NAME: 'chat' } }, 'production', 0.9],
    [{ env: { NODE_ENV: 'production' }, files: ['.env'] }, 'production', 0.85],
    [{ env: { NODE_ENV: 'production', CI: 'true' } }, 'production', 0.7225],
    [{ env: { ENVIRONMENT: 'staging', NODE_ENV: 'production' } }, 'staging', 0.8075],
    [{ env: { VERCEL_ENV: 'preview', NODE_ENV: 'production' } }, 'staging', 0.765],
    [{ env: {}, files: ['.git', '.env'] }, 'development', 0.75],
    [{ env: { CI: 'true' }, files: ['.git'] }, 'testing', 0.75],
    [{ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' } }, 'production', 0.6],
    [{ env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' }, files: ['.env'] }, 'development', 0.7],
  ] as const)('detects from %j: %s at %d', (input, environment, confidence) => {
    expect(detectEnvironment(input)).toMatchObject({ environment, confidence });
  });
});

describe('presetOf', () => {
  it.each([
    ['development', 0.51, 'development'],
    ['development', 0.5, 'simple'],
    ['development', 0.1, 'simple'],
    ['testing', 0.85, 'development'],
    ['testing', 0.3, 'development'],
    ['staging', 0.9, 'production'],
    ['staging', 0.3, 'production'],
    ['production', 0.95, 'production'],
    ['production', 0.5, 'production'],
    ['unknown', 0.9, 'simple'],
    ['unknown', 0.4, 'simple'],
  ] as const)('maps %s at %d to %s', (environment, confidence, preset) => {
    expect(presetOf({ environment, confidence })).toBe(preset);
  });

  it('gives simple if there are no signals', () => {
    expect(presetOf(detectEnvironment({}))).toBe('simple');
  });
});

it.each([
  ['production', 0.61, true],
  ['production', 0.6, false],
  ['staging', 0.98, false],
  ['development', 0.95, false],
] as const)('isProduction({ %s at %d }) is %s', (environment, confidence, expected) => {
  expect(isProduction({ environment, confidence })).toBe(expected);
});

it.each([
  [undefined, ['detected must be a plain object']],
  ['production', ['detected must be a plain object']],
  [
    { environment: 'prod' },
    [
      'detected.environment must be one of development, testing, staging, production, unknown',
      'detected.confidence must be a number from 0 to 1',
    ],
  ],
  [{ environment: 'production', confidence: 61 }, ['detected.confidence must be a number from 0 to 1']],
])('presetOf and isProduction refuse what is not a detected environment: %j', (given, expected) => {
  for (const ask of [presetOf, isProduction]) {
    const issues = issuesOf(() => Reflect.apply(ask, undefined, [given]));
    expect(issues.map(({ path, message }) => `${path} ${message}`)).toEqual(expected);
  }
});
