import { presets, strategies } from 'holdfast/config';
import { describe, expect, it } from 'vitest';
import { dataOf, ran } from './running.js';

describe('holdfast presets', () => {
  it('lists every preset and every strategy', async () => {
    const { code, out, err } = await ran(['presets']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const [name, { description, strategy }] of Object.entries(presets)) {
      expect(out).toMatch(new RegExp(`^${name} +${strategy} .*${description}$`, 'm'));
    }
    for (const [name, { description }] of Object.entries(strategies)) {
      expect(out).toMatch(new RegExp(`^${name} +${description}$`, 'm'));
    }
    expect(await dataOf(['presets'])).toEqual(JSON.parse(JSON.stringify({ presets, strategies })));
  });

  it('prints the settings of a preset, and those of its operations', async () => {
    const { code, out } = await ran(['presets', 'production']);
    expect(code).toBe(0);
    expect(out).toMatch(/^retry\.maxAttempts +5$/m);
    expect(out).toMatch(/^breaker\.openMs +120000$/m);
    expect(out).toMatch(/^breaker\.trip +\{"consecutiveFailures":10\}$/m);
    expect(out).toMatch(/^qa +strategy critical$/m);
    expect(out).toMatch(/^answer_question +alias qa$/m);
    expect(await dataOf(['presets', 'production'])).toEqual(
      JSON.parse(JSON.stringify({ name: 'production', ...presets.production })),
    );
  });

  it('prints the settings of a strategy', async () => {
    const { out } = await ran(['presets', 'critical']);
    expect(out).toMatch(/^critical: Most persistent/);
    expect(out).toMatch(/^deadlineMs +300000$/m);
    expect(out).toMatch(/^retry\.maxAttempts +7$/m);
    expect(await dataOf(['presets', 'critical'])).toEqual({ name: 'critical', ...strategies.critical });
  });

  it.each([
    ['prodction', "Did you mean 'production'?"],
    ['balansed', "Did you mean 'balanced'?"],
    ['x', 'Expected one of simple, development, production, aggressive, balanced, conservative, critical.'],
    ['toString', 'Expected one of simple, development, production, aggressive, balanced, conservative, critical.'],
  ])('refuses the unknown name %s with a suggestion', async (name, suggestion) => {
    const err = `holdfast: There is no preset or strategy '${name}'.\n  ${suggestion}\n`;
    expect(await ran(['presets', name])).toEqual({ code: 2, out: '', err });
  });
});
