import { describe, expect, it } from 'vitest';
import { flatten } from '../../../src/config/flatten.js';
import { STRATEGIES } from '../../../src/config/presets/strategies.js';
import { getTemplate, listTemplates, TEMPLATES, type TemplateName } from '../../../src/config/templates/templates.js';
import { issuesIn, thrownBy } from '../../support/calls.js';
import { configured } from '../../support/configs.js';

/** The effective values of an operation under a template. */
function valuesIn(template: TemplateName, operation = 'other'): Readonly<Record<string, unknown>> {
  const { settings } = configured(TEMPLATES[template].config).config(operation);
  return Object.fromEntries(Object.entries(settings).map(([path, { value }]) => [path, value]));
}

/** The settings of a strategy, as effective values. */
function valuesOf(strategy: keyof typeof STRATEGIES): Readonly<Record<string, unknown>> {
  const leaves = [...flatten(STRATEGIES[strategy].settings)].filter(([, value]) => value !== true);
  expect(leaves.length).toBeGreaterThan(8);
  return Object.fromEntries(leaves);
}

describe('the templates', () => {
  it('are listed in order', () => {
    const names = ['fast_development', 'robust_production', 'low_latency', 'high_throughput', 'maximum_reliability'];
    expect(Object.keys(listTemplates())).toEqual(names);
    expect(Object.keys(TEMPLATES)).toEqual(names);
  });

  it.each<[TemplateName, number, number, number, string]>([
    ['fast_development', 1, 2, 15_000, 'aggressive'],
    ['robust_production', 6, 12, 180_000, 'conservative'],
    ['low_latency', 1, 2, 10_000, 'aggressive'],
    ['high_throughput', 3, 8, 45_000, 'balanced'],
    ['maximum_reliability', 8, 15, 300_000, 'critical'],
  ])(
    'include %s with %d attempts, %d failures, an opening of %d ms and strategy %s',
    (name, maxAttempts, failures, openMs, strategy) => {
      expect(configured(TEMPLATES[name].config).config('other').strategy).toBe(strategy);
      expect(valuesIn(name)).toMatchObject({
        'retry.maxAttempts': maxAttempts,
        'breaker.trip': { consecutiveFailures: failures },
        'breaker.openMs': openMs,
      });
    },
  );

  it('include low_latency, which retries for up to 5 s, with waits from 0.5 s to 5 s', () => {
    expect(valuesIn('low_latency')).toMatchObject({
      'retry.maxElapsedMs': 5_000,
      'retry.minDelayMs': 500,
      'retry.maxDelayMs': 5_000,
      'retry.multiplier': 1,
    });
  });

  it('include maximum_reliability, which waits from 3 s to 60 s, growing from 2 s, with up to 5 s of jitter', () => {
    const values = valuesIn('maximum_reliability');
    expect(values).toMatchObject({
      'retry.minDelayMs': 3_000,
      'retry.maxDelayMs': 60_000,
      'retry.jitter': 'additive',
      'retry.jitterMaxMs': 5_000,
    });
    expect(Number(values['retry.multiplier']) * 3_000).toBeCloseTo(2_000, 9);
  });

  it.each<[TemplateName, string, keyof typeof STRATEGIES]>([
    ['robust_production', 'qa', 'critical'],
    ['high_throughput', 'sentiment', 'aggressive'],
    ['maximum_reliability', 'sentiment', 'conservative'],
    ['maximum_reliability', 'key_points', 'conservative'],
    ['maximum_reliability', 'questions', 'conservative'],
  ])('include %s, which gives operation %s all settings of strategy %s', (name, operation, strategy) => {
    expect(configured(TEMPLATES[name].config).config(operation).strategy).toBe(strategy);
    expect(valuesIn(name, operation)).toMatchObject(valuesOf(strategy));
  });

  it.each<[TemplateName, string]>([
    ['fast_development', 'sentiment'],
    ['robust_production', 'summarize'],
    ['high_throughput', 'key_points'],
    ['maximum_reliability', 'qa'],
    ['maximum_reliability', 'summarize'],
  ])('include %s, which gives operation %s the same settings as all others', (name, operation) => {
    expect(valuesIn(name, operation)).toEqual(valuesIn(name));
  });

  it.each<[TemplateName, readonly string[]]>([
    ['fast_development', ['development', 'testing']],
    ['robust_production', ['staging', 'production']],
    ['low_latency', ['development', 'testing', 'staging', 'production']],
    ['high_throughput', ['staging', 'production']],
    ['maximum_reliability', ['staging', 'production']],
  ])('include %s, which is meant for %o', (name, environments) => {
    expect(TEMPLATES[name].environments).toEqual(environments);
    expect(TEMPLATES[name].description).toMatch(/^[A-Z].{20,180}\.$/);
  });

  it.each(Object.values(TEMPLATES))('hold plain data that is frozen (%#)', ({ config }) => {
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
    expect(Object.isFrozen(config.defaults?.retry)).toBe(true);
  });

  it('do not share objects with the strategies', () => {
    expect(getTemplate('robust_production').config.operations?.['qa']?.retry).not.toBe(
      STRATEGIES.critical.settings.retry,
    );
  });
});

describe('getTemplate', () => {
  it('returns the template of a name', () => {
    expect(getTemplate('low_latency')).toBe(TEMPLATES.low_latency);
  });

  it.each<[unknown, string | undefined]>([
    ['low-latency', "Did you mean 'low_latency'?"],
    ['robust_prodution', "Did you mean 'robust_production'?"],
    ['constructor', undefined],
    ['', undefined],
    [undefined, undefined],
    [Symbol('x'), undefined],
  ])('refuses an unknown name and suggests a similar one (%#)', (name, suggestion) => {
    const [issue, ...others] = issuesIn(thrownBy(() => Reflect.apply(getTemplate, undefined, [name])));
    expect(others).toEqual([]);
    expect(issue?.path).toBe('name');
    expect(issue?.message).toContain('fast_development, robust_production');
    expect(issue?.suggestion).toBe(suggestion);
  });
});
