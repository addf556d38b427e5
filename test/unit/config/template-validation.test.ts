import type { ConfigInput } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from '../../../src/config/templates/templates.js';
import { validateTemplate } from '../../../src/config/templates/validate-template.js';
import { validateConfig } from '../../../src/config/validation/index.js';
import { issuesIn, thrownBy } from '../../support/calls.js';
import { configured } from '../../support/configs.js';

describe('validateTemplate without overrides', () => {
  it.each(TEMPLATE_NAMES)('finds template %s valid and returns its config', (name) => {
    const { config, ...result } = validateTemplate(name);
    expect(result.valid).toBe(true);
    expect(config).toMatchObject(TEMPLATES[name].config);
    expect(result).toEqual(validateConfig(TEMPLATES[name].config));
  });

  it.each<[TemplateName, readonly string[]]>([
    ['fast_development', ['sensitive-breaker']],
    ['robust_production', []],
    ['low_latency', ['sensitive-breaker']],
    ['high_throughput', []],
    ['maximum_reliability', ['many-attempts']],
  ])('warns of what template %s accepts on purpose', (name, rules) => {
    expect(validateTemplate(name).warnings.map(({ rule }) => rule)).toEqual(rules);
  });
});

describe('validateTemplate with overrides', () => {
  it('merges them over the template', () => {
    const overrides: ConfigInput = {
      $schema: 'x',
      strategy: 'critical',
      defaults: { deadlineMs: 90_000, retry: { maxAttempts: 4 } },
      operations: { qa: { retry: { maxAttempts: 3 } }, chat: { strategy: 'balanced' }, talk: { alias: 'chat' } },
    };
    const { valid, config } = validateTemplate('robust_production', overrides);
    expect(valid).toBe(true);
    expect(config).toEqual({
      $schema: 'x',
      preset: 'production',
      strategy: 'critical',
      defaults: {
        deadlineMs: 90_000,
        retry: { maxAttempts: 4 },
        breaker: { trip: { consecutiveFailures: 12 }, openMs: 180_000 },
      },
      operations: {
        qa: {
          ...TEMPLATES.robust_production.config.operations?.['qa'],
          retry: { ...TEMPLATES.robust_production.config.operations?.['qa']?.retry, maxAttempts: 3 },
        },
        summarize: { strategy: 'conservative' },
        chat: { strategy: 'balanced' },
        talk: { alias: 'chat' },
      },
    });
    expect(configured(config ?? {}).config('talk').settings['retry.maxAttempts']?.value).toBe(4);
  });

  it('can disable a stage, and replaces the trip rule of the breaker as a whole', () => {
    const trip = { failureRate: 0.5 };
    const { config } = validateTemplate('low_latency', { defaults: { retry: false, breaker: { trip } } });
    expect(config?.defaults).toEqual({ retry: false, breaker: { trip, openMs: 10_000 } });
  });

  it.each<[string, TemplateName, ConfigInput, readonly string[]]>([
    [
      'many attempts',
      'fast_development',
      { defaults: { retry: { maxAttempts: 4 } } },
      [
        'sensitive-breaker config.defaults.breaker.trip.consecutiveFailures',
        'attempts-open-breaker config.defaults.retry.maxAttempts',
      ],
    ],
    [
      'an aggressive strategy in production',
      'robust_production',
      { strategy: 'aggressive' },
      ['short-elapsed config.defaults.retry.maxAttempts', 'aggressive-production config.strategy'],
    ],
  ])('warns of %s in the merged config', (_, name, overrides, expected) => {
    const { valid, warnings } = validateTemplate(name, overrides);
    expect(valid).toBe(true);
    expect(warnings.map(({ rule, path }) => `${rule} ${path}`)).toEqual(expected);
  });

  it('reports contradictions with the template', () => {
    const { valid, errors, config } = validateTemplate('low_latency', { defaults: { retry: { minDelayMs: 7_000 } } });
    expect(valid).toBe(false);
    expect(errors.map(({ path }) => path)).toContain('config.defaults.retry.maxDelayMs');
    expect(config?.defaults?.retry).toMatchObject({ minDelayMs: 7_000, maxDelayMs: 5_000 });
  });

  it('reports invalid overrides, and gives no config then', () => {
    const { valid, errors, config } = validateTemplate('low_latency', {
      preset: 'prodution',
      operations: { a: { strategy: 'critcal' } },
    });
    expect([valid, config]).toEqual([false, undefined]);
    expect(errors.map(({ path }) => path)).toEqual(['config.preset', 'config.operations.a.strategy']);
  });

  it.each([null, 'x', [], new Proxy({}, { ownKeys: () => ['a', 'a'] })])(
    'never throws for overrides (%#)',
    (overrides) => {
      const result: unknown = Reflect.apply(validateTemplate, undefined, ['low_latency', overrides]);
      expect(result).toMatchObject({ valid: false, config: undefined, errors: [{ path: 'config' }] });
    },
  );

  it('refuses an unknown template', () => {
    const [issue] = issuesIn(thrownBy(() => validateTemplate('low_latenzy', {})));
    expect(issue).toMatchObject({ path: 'name', suggestion: "Did you mean 'low_latency'?" });
  });
});
