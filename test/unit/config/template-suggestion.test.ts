import { describe, expect, it } from 'vitest';
import { readValues, suggestTemplate, type TemplateValues } from '../../../src/config/templates/suggest.js';
import { TEMPLATE_NAMES, TEMPLATES } from '../../../src/config/templates/templates.js';
import { issuesIn, thrownBy } from '../../support/calls.js';

describe('suggestTemplate', () => {
  it.each<[TemplateValues, string | undefined, number, number]>([
    // A template is suggested for its own values. Of two equal templates, the first.
    [{ maxAttempts: 1, consecutiveFailures: 2, strategy: 'aggressive' }, 'fast_development', 8, 1],
    [{ maxAttempts: 6, consecutiveFailures: 12, strategy: 'conservative' }, 'robust_production', 8, 1],
    [{ maxAttempts: 3, consecutiveFailures: 8, strategy: 'balanced' }, 'high_throughput', 8, 1],
    [{ maxAttempts: 8, consecutiveFailures: 15, strategy: 'critical' }, 'maximum_reliability', 8, 1],
    // Attempts: 3 for a difference of 0 or 1, 1 for 2, nothing for 3.
    [{ maxAttempts: 5, consecutiveFailures: 12, strategy: 'conservative' }, 'robust_production', 8, 2 / 3],
    [{ maxAttempts: 4, consecutiveFailures: 12, strategy: 'conservative' }, 'robust_production', 6, 2 / 3],
    [{ maxAttempts: 3, consecutiveFailures: 12, strategy: 'conservative' }, 'robust_production', 5, 2 / 3],
    // Failures: 2 for a difference of up to 2, 1 for up to 5, nothing for 6.
    [{ maxAttempts: 8, consecutiveFailures: 17, strategy: 'critical' }, 'maximum_reliability', 8, 2 / 3],
    [{ maxAttempts: 8, consecutiveFailures: 18, strategy: 'critical' }, 'maximum_reliability', 7, 2 / 3],
    [{ maxAttempts: 8, consecutiveFailures: 20, strategy: 'critical' }, 'maximum_reliability', 7, 2 / 3],
    [{ maxAttempts: 8, consecutiveFailures: 21, strategy: 'critical' }, 'maximum_reliability', 6, 2 / 3],
    // Without a strategy it is balanced.
    [{ maxAttempts: 3, consecutiveFailures: 8 }, 'high_throughput', 8, 1],
    [{ maxAttempts: 8, consecutiveFailures: 15 }, 'maximum_reliability', 5, 1],
    // 3 attempts, 5 failures, balanced, when nothing is given.
    [{}, 'high_throughput', 7, 0.5],
    [{ maxAttempts: undefined, strategy: 'balanced' }, 'high_throughput', 7, 1],
    [{ strategy: 'aggressive' }, 'fast_development', 5, 1],
    [{ strategy: 'critical' }, 'high_throughput', 4, 0],
    // 4 is enough, 3 is not.
    [{ maxAttempts: 3, consecutiveFailures: 13, strategy: 'critical' }, 'maximum_reliability', 5, 1 / 3],
    [{ maxAttempts: 20, consecutiveFailures: 20, strategy: 'critical' }, 'maximum_reliability', 4, 1 / 3],
    [{ maxAttempts: 20, consecutiveFailures: 50, strategy: 'critical' }, undefined, 3, 0],
    [{ maxAttempts: 20, consecutiveFailures: 50 }, undefined, 3, 0],
  ])('suggests for %o: %s, with score %d and confidence %d', (values, template, score, confidence) => {
    expect(suggestTemplate(values)).toMatchObject({ template, score, confidence });
  });

  it('gives the reasons for a suggestion', () => {
    const values = { maxAttempts: 5, consecutiveFailures: 12, strategy: 'conservative' };
    expect(suggestTemplate(values).reasons).toEqual([
      '6 attempts, 5 wanted',
      '12 failures until the breaker opens',
      'strategy conservative',
    ]);
    expect(suggestTemplate({ maxAttempts: 8, consecutiveFailures: 15 }).reasons).toEqual([
      '8 attempts',
      '15 failures until the breaker opens',
    ]);
    expect(suggestTemplate({ maxAttempts: 20, consecutiveFailures: 50 }).reasons).toEqual(['no template comes close']);
  });

  it.each(TEMPLATE_NAMES)('suggests a template for its own config: %s', (name) => {
    const { template, score, confidence } = suggestTemplate(TEMPLATES[name].config);
    const { defaults, strategy } = TEMPLATES[name].config;
    const alike = TEMPLATE_NAMES.find((each) => {
      const other = TEMPLATES[each].config;
      return (
        JSON.stringify(readValues(other.defaults, other.strategy)) === JSON.stringify(readValues(defaults, strategy))
      );
    });
    expect({ template, score, confidence }).toEqual({ template: alike, score: 8, confidence: 1 });
  });

  it.each([
    [{ preset: 'production' }, 'robust_production', 8, 0.5],
    [{ preset: 'development', strategy: 'aggressive' }, 'fast_development', 8, 1],
    [{ preset: 'auto' }, 'high_throughput', 7, 0.5],
    [{ defaults: { retry: false }, strategy: 'aggressive' }, 'fast_development', 7, 1],
    [{ defaults: { breaker: false, retry: { maxAttempts: 3 } } }, 'high_throughput', 7, 1],
    [{ defaults: { breaker: { trip: { failureRate: 0.5 } } } }, 'high_throughput', 7, 0.5],
  ] as const)('uses what a config sets and its preset: %o', (config, template, score, confidence) => {
    expect(suggestTemplate(config)).toMatchObject({ template, score, confidence });
  });

  it.each<[unknown, readonly string[]]>([
    [undefined, ['values']],
    [[], ['values']],
    [Number.NaN, ['values']],
    ['maxAttempts', ['values']],
    [new Proxy([], { has: () => true }), ['values']],
    [{ maxAttempts: 0, strategy: 'bold', more: 1 }, ['values.more', 'values.maxAttempts', 'values.strategy']],
    [{ consecutiveFailures: '5' }, ['values.consecutiveFailures']],
    [{ maxAttempts: 1.5, strategy: 7 }, ['values.maxAttempts', 'values.strategy']],
    [{ defaults: { retry: { maxAttempts: 0 } } }, ['values.defaults.retry.maxAttempts']],
    [{ strategy: 'bold' }, ['values.strategy']],
  ])('refuses invalid values (%#)', (values, paths) => {
    const issues = issuesIn(thrownBy(() => Reflect.apply(suggestTemplate, undefined, [values])));
    expect(issues.map(({ path }) => path)).toEqual(paths);
  });
});
