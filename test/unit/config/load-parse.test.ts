import { describe, expect, it } from 'vitest';
import { type ConfigFormat, parseConfig } from '../../../src/config/load/index.js';
import { parseUntrusted } from '../../../src/config/load/parse.js';
import { BUILT_IN } from '../../../src/config/presets/catalog.js';
import { issuesOf } from '../../support/breaker-steps.js';

const FORMATS: readonly ConfigFormat[] = ['json', 'yaml'];

describe.each(FORMATS)('parseConfig with %s', (format) => {
  const wrongWith = (text: string) => issuesOf(() => parseConfig(text, format, 'the file'));

  it.each(['', ' \n\t', '\uFEFF', ...(format === 'yaml' ? ['# nothing', '---', 'null', '~'] : ['null'])])(
    'refuses an empty text: %j',
    (text) => {
      expect(wrongWith(text)).toEqual([
        {
          path: 'the file',
          message: 'must hold a config',
          received: 'nothing',
          suggestion: "An empty config is '{}'.",
        },
      ]);
    },
  );

  it('refuses a text of more than a megabyte', () => {
    const of = (bytes: number) => `{"$schema":"${'é'.repeat((bytes - 14) / 2)}"}`;
    expect(wrongWith(of(1024 * 1024))).toEqual([]);
    expect(wrongWith(of(1024 * 1024 + 2))).toMatchObject([
      { path: 'the file', message: 'must not be larger than 1048576 bytes' },
    ]);
  });

  it('never pollutes a prototype', () => {
    const wrong = wrongWith(
      '{"__proto__": {"polluted": 1}, "defaults": {"__proto__": {"polluted": 1}, "deadlineMs": 5000}}',
    );
    expect(wrong.map(({ path }) => path)).toEqual(['the file.__proto__', 'the file.defaults.__proto__']);
    expect(wrongWith('{"operations": {"__proto__": {"deadlineMs": 5000}}}')).toMatchObject([
      { path: 'the file.operations.__proto__', message: 'must have another name' },
    ]);
    expect(wrongWith('{"constructor": {"prototype": {"polluted": 1}}}')).toMatchObject([
      { path: 'the file.constructor' },
    ]);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted');
  });

  it('reports everything that is wrong, each thing once', () => {
    const text = JSON.stringify({
      presets: 'simple',
      defaults: { deadlineMs: '30s', attemptTimeoutMs: 30, timeout_seconds: 5, retry: { maxAttempts: 0 } },
      operations: {
        chat: { breaker: { openSec: 30, trip: { failureRate: 0.5, windowMs: '1 minute' } }, quota: { maxWaitMs: -1 } },
      },
    });
    const paths = wrongWith(text).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(
      [
        'the file.defaults.attemptTimeoutMs',
        'the file.defaults.deadlineMs',
        'the file.defaults.retry.maxAttempts',
        'the file.defaults.timeout_seconds',
        'the file.operations.chat.breaker.openSec',
        'the file.operations.chat.breaker.trip.windowMs',
        'the file.operations.chat.quota.maxWaitMs',
        'the file.presets',
      ].toSorted(),
    );
  });

  it.each([
    ['preset', '{"preset": "prodution"}', "Did you mean 'production'?"],
    ['strategy', '{"strategy": "agressive"}', "Did you mean 'aggressive'?"],
    ['operations.chat.strategy', '{"operations": {"chat": {"strategy": "ballanced"}}}', "Did you mean 'balanced'?"],
    ['defaults.deadlinMs', '{"defaults": {"deadlinMs": 5000}}', "Did you mean 'deadlineMs'?"],
  ])('refuses an unknown name in %s and suggests a known one', (path, text, suggestion) => {
    expect(wrongWith(text)).toMatchObject([{ path: `the file.${path}`, suggestion }]);
  });
});

it('parseConfig gives the same config for either format', () => {
  const json = '{"operations":{"chat":{"deadlineMs":5000,"breaker":{"trip":{"failureRate":0.5}}}}}';
  const yaml = 'operations:\n  chat:\n    deadlineMs: 5000\n    breaker:\n      trip: { failureRate: 0.5 }\n';
  expect(parseConfig(yaml, 'yaml', 'b')).toEqual(parseConfig(json, 'json', 'a'));
});

it('parseConfig refuses all arguments of the wrong kind at once', () => {
  const issues = issuesOf(() => Reflect.apply(parseConfig, undefined, [5, 'toml', '']));
  expect(issues.map(({ path }) => path)).toEqual(['text', 'format', 'source']);
  expect(issuesOf(() => Reflect.apply(parseConfig, undefined, ['{}', undefined, 'x']))).toMatchObject([
    { path: 'format' },
  ]);
});

it('parseUntrusted accepts a config that has been parsed already', () => {
  expect(parseUntrusted('body', { preset: 'simple' }, BUILT_IN)).toEqual({ preset: 'simple' });
});
