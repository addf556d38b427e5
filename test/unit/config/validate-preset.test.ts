import { createResilience } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { PRESETS, type Preset } from '../../../src/config/presets/presets.js';
import { validatePreset } from '../../../src/config/validation/index.js';
import { NOWHERE } from '../../support/configs.js';

const SOUND = {
  name: 'batch',
  description: 'For work at night.',
  strategy: 'conservative',
  settings: { retry: { maxAttempts: 4 }, breaker: { trip: { consecutiveFailures: 8 }, openMs: 60_000 } },
  operations: { qa: { strategy: 'critical' }, answer: { alias: 'qa' } },
  environments: ['staging', 'production'],
} as const;

const errorsIn = (preset: object) => validatePreset(preset).errors.map(({ path }) => path);
const warningsIn = (preset: object) => validatePreset(preset).warnings.map(({ rule, path }) => `${rule} ${path}`);

describe('validatePreset', () => {
  it('returns no errors and warnings for a sound preset', () => {
    expect(validatePreset(SOUND)).toMatchObject({ valid: true, errors: [], warnings: [] });
  });

  it.each(Object.entries<Preset>(PRESETS))('returns no errors and warnings for the built-in preset %s', (_, preset) => {
    expect(validatePreset({ ...preset, name: 'mine' })).toMatchObject({ valid: true, errors: [], warnings: [] });
  });

  it.each(['name', 'description', 'strategy', 'settings', 'operations', 'environments'])(
    'refuses a preset without %s',
    (part) => {
      expect(errorsIn({ ...SOUND, [part]: undefined })).toEqual([`preset.${part}`]);
    },
  );

  it.each<[string, object, readonly string[]]>([
    ['a name of no letter', { name: '' }, ['preset.name']],
    ['a name of 257 letters', { name: 'x'.repeat(257) }, ['preset.name']],
    ['the name of one that is built in', { name: 'production' }, ['preset.name']],
    ['a name that means something else', { name: 'auto' }, ['preset.name']],
    ['a description of no letter', { description: '' }, ['preset.description']],
    ['a description of 201 letters', { description: 'x'.repeat(201) }, ['preset.description']],
    ['an unknown strategy', { strategy: 'bold' }, ['preset.strategy']],
    ['no environment', { environments: [] }, ['preset.environments']],
    ['an environment twice', { environments: ['staging', 'staging'] }, ['preset.environments']],
    ['an environment that there is not', { environments: ['prod'] }, ['preset.environments[0]']],
    ['something more', { contexts: [] }, ['preset.contexts']],
    ['a setting out of range', { settings: { retry: { maxAttempts: 0 } } }, ['preset.settings.retry.maxAttempts']],
    [
      'an operation with an unknown strategy',
      { operations: { a: { strategy: 'x' } } },
      ['preset.operations.a.strategy'],
    ],
    [
      'settings that do not fit together',
      { settings: { retry: { minDelayMs: 9_000, maxDelayMs: 4_000 } } },
      ['preset.settings.retry.maxDelayMs'],
    ],
    [
      'an operation whose settings do not fit together',
      { operations: { qa: { breaker: { openMs: 20_000, openMaxMs: 10_000 } } } },
      ['preset.operations.qa.breaker.openMaxMs'],
    ],
  ])('refuses a preset with %s', (_, change, paths) => {
    expect(errorsIn({ ...SOUND, ...change })).toEqual(paths);
  });

  it.each<[string, object, readonly string[]]>([
    ['a description of 200 letters', { description: 'x'.repeat(200) }, []],
    ['a name of 50 letters', { name: 'x'.repeat(50) }, []],
    ['a name of 51 letters', { name: 'x'.repeat(51) }, ['long-name preset.name']],
    [
      'more attempts than failures',
      { settings: { ...SOUND.settings, retry: { maxAttempts: 9 } } },
      ['many-attempts preset.settings.retry.maxAttempts', 'attempts-open-breaker preset.settings.retry.maxAttempts'],
    ],
    ['an aggressive manner in production', { strategy: 'aggressive' }, ['aggressive-production preset.strategy']],
    [
      'an aggressive manner where development is meant as well',
      { strategy: 'aggressive', environments: ['development', 'production'] },
      [],
    ],
    [
      'a conservative manner in development with more than 3 attempts',
      { environments: ['development'] },
      ['patient-development preset.strategy'],
    ],
    [
      'a conservative manner in development with 3 attempts',
      { environments: ['development'], settings: { ...SOUND.settings, retry: { maxAttempts: 3 } } },
      [],
    ],
    [
      'an operation whose strategy has fewer failures than it has attempts',
      { operations: { chat: { strategy: 'aggressive', retry: { maxAttempts: 4 } } } },
      ['attempts-open-breaker preset.operations.chat.retry.maxAttempts'],
    ],
  ])('returns the expected warnings for %s', (_, change, expected) => {
    const preset = { ...SOUND, ...change };
    expect(validatePreset(preset).errors).toEqual([]);
    expect(warningsIn(preset)).toEqual(expected);
  });

  it('suggests setting what a preset should not leave to the library', () => {
    const texts = (settings: object) =>
      validatePreset({ ...SOUND, operations: {}, settings }).suggestions.map(({ path, text }) => `${path}: ${text}`);
    expect(texts({})).toEqual([
      'preset.settings: Set retry.maxAttempts as well; otherwise the default of the library applies.',
      'preset.settings: Set breaker.trip as well; otherwise the default of the library applies.',
      'preset.settings: Set breaker.openMs as well; otherwise the default of the library applies.',
    ]);
    expect(texts({ retry: false, breaker: false })).toEqual([]);
  });

  it('accepts presets that createResilience accepts', () => {
    const { name, ...preset } = SOUND;
    const presets = { [name]: preset };
    const { settings } = createResilience({ environment: NOWHERE, preset: name, presets }).config('answer');
    expect(settings['retry.maxAttempts']?.value).toBe(7);
    expect(validatePreset(SOUND).valid).toBe(true);
  });

  it.each([undefined, null, 'x', [], new Proxy({}, { ownKeys: () => ['name', 'name'] })])(
    'refuses a value that is not a preset (%#)',
    (value) => {
      expect(validatePreset(value)).toMatchObject({ valid: false, errors: [{ path: 'preset' }] });
    },
  );
});
