import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/migrate/index.js';
import { type Comparable, describeConfidence, findNearestPreset, scorePreset } from '../../../src/migrate/score.js';

describe('findNearestPreset() with the numbers of a preset', () => {
  it.each([
    ['simple', { attempts: 3, failures: 5, openMs: 60_000, strategy: 'balanced' }],
    ['development', { attempts: 2, failures: 3, openMs: 30_000, strategy: 'aggressive' }],
    ['production', { attempts: 5, failures: 10, openMs: 120_000, strategy: 'conservative' }],
  ])('finds %s with full confidence', (preset, given) => {
    expect(findNearestPreset(given)).toMatchObject({ preset, confidence: 1, level: 'high' });
  });
});

describe('scorePreset() with a weight for each comparison', () => {
  const SAME = {
    attempts: 3,
    failures: 5,
    openMs: 60_000,
    strategy: 'balanced',
    operations: new Map([['qa', 'balanced']]),
  };

  it.each([
    ['attempts', { attempts: 6 }, 1 - 0.3 / 2],
    ['failures', { failures: 10 }, 1 - 0.25 / 2],
    ['openMs', { openMs: 120_000 }, 1 - 0.2 / 2],
    ['strategy', { strategy: 'critical' }, 1 - 0.15],
    ['operations', { operations: new Map([['qa', 'critical']]) }, 1 - 0.1],
  ])('lowers the confidence for a difference in %s by its weight', (_, other, confidence) => {
    expect(scorePreset({ ...SAME, ...other }, 'simple').confidence).toBeCloseTo(confidence, 6);
  });

  it.each<[string, Comparable, number]>([
    ['attempts', { attempts: 6 }, 0.5],
    ['failures', { failures: 1 }, 0.2],
    ['openMs', { openMs: 45_000 }, 0.75],
    ['strategy', { strategy: 'critical' }, 0],
    ['attempts and openMs', { attempts: 6, openMs: 60_000 }, (0.15 + 0.2) / 0.5],
  ])('takes the weight of %s as the whole if nothing else is compared', (_, given, confidence) => {
    expect(scorePreset(given, 'simple').confidence).toBeCloseTo(confidence, 6);
  });
});

describe('scorePreset() by the ratio of numbers', () => {
  it.each([
    [1, 3, 0.333333],
    [2, 3, 0.666667],
    [4, 3, 0.75],
    [30, 3, 0.1],
    [1_000, 3, 0.003],
  ])('gives %d attempts against %d a similarity of %d', (attempts, _, similarity) => {
    expect(scorePreset({ attempts }, 'simple').confidence).toBe(similarity);
  });
});

describe('scorePreset() by the strategy that the preset has for an operation', () => {
  it.each([
    ['production', { qa: 'critical' }, 1],
    ['production', { qa: 'conservative' }, 0],
    ['production', { qa: 'critical', sentiment: 'aggressive', summarize: 'conservative' }, 1],
    ['production', { key_points: 'balanced', questions: 'critical' }, 0.5],
    ['development', { summarize: 'aggressive', qa: 'balanced' }, 1],
    ['simple', { summarize: 'balanced', qa: 'critical', questions: 'aggressive' }, 0.333333],
  ] as const)('gives the preset %s against %o a similarity of %d', (preset, operations, confidence) => {
    expect(scorePreset({ operations: new Map(Object.entries(operations)) }, preset).confidence).toBe(confidence);
  });
});

describe('describeConfidence()', () => {
  it.each([
    [1, 'high'],
    [0.9, 'high'],
    [0.899999, 'medium'],
    [0.7, 'medium'],
    [0.699999, 'low'],
    [0.5, 'low'],
    [0, 'low'],
  ])('calls a confidence of %d %s', (confidence, level) => {
    expect(describeConfidence(confidence)).toBe(level);
  });

  it('calls a sum of tenths that misses 0.9 in binary high', () => {
    // All but the operations: 0.3 + 0.25 + 0.2 + 0.15, which is a little less than 0.9 in binary.
    const env = {
      RETRY_MAX_ATTEMPTS: '3',
      CIRCUIT_BREAKER_FAILURE_THRESHOLD: '5',
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '60',
      DEFAULT_RESILIENCE_STRATEGY: 'balanced',
      QA_RESILIENCE_STRATEGY: 'critical',
    };
    expect(migrate({ env })).toMatchObject({ preset: 'simple', confidence: 0.9, level: 'high' });
  });
});

describe('migrate() with nothing that can be compared', () => {
  it.each([{ RETRY_MAX_DELAY: '20' }, { RETRY_JITTER_ENABLED: 'true' }, { CIRCUIT_BREAKER_ENABLED: 'false' }])(
    'chooses simple with a confidence of 0.5 for %o',
    (env) => {
      expect(migrate({ env })).toMatchObject({
        preset: 'simple',
        confidence: 0.5,
        level: 'low',
        reasons: ['Nothing can be compared with a preset.'],
      });
    },
  );
});

describe('findNearestPreset() with several presets that are equally near', () => {
  it('takes the first one', () => {
    expect(findNearestPreset({ strategy: 'critical' }).preset).toBe('simple');
    expect(findNearestPreset({ operations: new Map([['qa', 'balanced']]) }).preset).toBe('simple');
  });
});

describe('the reasons of findNearestPreset()', () => {
  it('name each comparison with its similarity and its weight', () => {
    expect(findNearestPreset({ attempts: 4, openMs: 120_000, strategy: 'critical' }).reasons).toEqual([
      '4 attempts, where production has 5 (0.80, weight 0.30).',
      '120000 ms until the first trial, as production has (1.00, weight 0.20).',
      'Strategy critical, where production has conservative (0.00, weight 0.15).',
    ]);
  });
});
