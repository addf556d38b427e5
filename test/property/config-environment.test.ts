import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { recommendPreset } from '../../src/config/recommendation.js';
import {
  detectEnvironment,
  type EnvironmentFeature,
  type EnvironmentInput,
  presetOf,
} from '../../src/environment/index.js';
import { VARIABLES } from '../../src/environment/signals.js';
import { ConfigurationError } from '../../src/errors/index.js';
import { runs } from '../support/seed.js';
import { junk, nearly } from './junk.js';

const WORDS = ['production', 'staging', 'Test', 'dev', 'true', 'false', '1', '0', 'yes', '', ' ', 'preview', 'Live '];
const value = fc.oneof(fc.constantFrom(...WORDS), fc.string());
const variable = fc.oneof(fc.constantFrom(...VARIABLES), fc.string());
const env = fc.dictionary(variable, fc.option(value, { nil: undefined }), { maxKeys: 12 });
const file = fc.oneof(fc.constantFrom('.env', '.git', 'docker-compose.dev.yml'), fc.string());
const hostWord = fc.constantFrom('prod', 'dev', 'pre-prod', 'uat', 'main', '-', '.', '7', 'x', 'pre-', 'non_');
const hostname = fc.oneof(
  fc.array(hostWord, { maxLength: 6 }).map((words) => words.join('')),
  fc.string({ unit: 'binary' }),
);
const feature = fc.constantFrom<EnvironmentFeature>('default', 'ai_enabled', 'security_enforcement');
const input: fc.Arbitrary<EnvironmentInput> = fc.record(
  { env, files: fc.array(file), hostname, feature },
  { requiredKeys: [] },
);

test('detectEnvironment always gives the result that its signals bear out', () => {
  fc.assert(
    fc.property(input, (given) => {
      const { environment, confidence, detectedBy, signals } = detectEnvironment(given);
      if (signals.length === 0) {
        assert.deepEqual([environment, confidence, detectedBy], ['development', 0.5, 'fallback']);
        return;
      }
      const heaviest = Math.max(...signals.map((signal) => signal.confidence));
      const deciding = signals.find((signal) => signal.confidence === heaviest);
      assert.deepEqual([environment, detectedBy], [deciding?.environment, deciding?.source]);
      assert(confidence <= 0.98 && confidence >= heaviest * 0.85 - 1e-4, `${confidence} of ${heaviest}`);
    }),
    runs(10_000),
  );
});

test('detectEnvironment ignores order and everything that it does not read', () => {
  fc.assert(
    fc.property(input, (given) => {
      const turned = {
        ...given,
        env: { NOT_READ: 'production', ...Object.fromEntries(Object.entries(given.env ?? {}).toReversed()) },
        files: ['README.md', ...(given.files ?? []).toReversed(), ...(given.files ?? [])],
      };
      assert.deepEqual(detectEnvironment(turned), detectEnvironment(given));
    }),
    runs(5_000),
  );
});

test('detectEnvironment never changes its input', () => {
  fc.assert(
    fc.property(input, (given) => {
      const before = structuredClone(given);
      detectEnvironment(given);
      assert.deepEqual(structuredClone(given), before);
    }),
    runs(2_000),
  );
});

/** The variables that show a server by being set, whatever they hold. */
const servers = VARIABLES.filter((name) =>
  detectEnvironment({ env: { [name]: 'x' } }).signals.some(
    (signal) => signal.environment === 'production' && signal.value === 'set',
  ),
);
const named = fc.constantFrom('development', 'testing', 'staging', 'production');

test('a variable that only shows a server never changes a named environment or lowers its confidence', () => {
  fc.assert(
    fc.property(
      input,
      fc.constantFrom('ENVIRONMENT', 'NODE_ENV'),
      named,
      fc.subarray(servers),
      (given, by, name, on) => {
        // A few of these variables say more than that: with them Netlify and Render name the environment.
        const rest = { ...given.env, CONTEXT: undefined, IS_PULL_REQUEST: undefined };
        const without = { ...rest, ...Object.fromEntries(servers.map((server) => [server, undefined])), [by]: name };
        const there = { ...without, ...Object.fromEntries(on.map((server) => [server, 'x'])) };
        const [alone, onServer] = [without, there].map((all) => detectEnvironment({ ...given, env: all }));
        assert(alone !== undefined && onServer !== undefined);
        assert.deepEqual([onServer.environment, onServer.detectedBy], [alone.environment, alone.detectedBy]);
        assert(onServer.confidence >= alone.confidence);
      },
    ),
    runs(5_000),
  );
});

test('recommendPreset gives any name the preset of its environment', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), hostname, value), (name) => {
      const { preset, environment, confidence } = recommendPreset(name);
      assert.equal(preset, presetOf({ environment, confidence }));
      assert(confidence >= 0.4 && confidence <= 0.95);
      const loud = name.replace(/[a-z]/g, (letter) => letter.toUpperCase());
      assert.deepEqual(recommendPreset(` ${loud} `), recommendPreset(name));
    }),
    runs(10_000),
  );
});

test('detectEnvironment and recommendPreset give a result or a ConfigurationError for any input', () => {
  const wild = fc.oneof(
    junk,
    fc.record(
      {
        env: nearly(fc.dictionary(variable, nearly(value))),
        files: nearly(fc.array(nearly(file))),
        hostname: nearly(hostname),
        feature: nearly(feature),
      },
      { requiredKeys: [] },
    ),
    fc.record({ environment: nearly(named), confidence: nearly(fc.double()), reasoning: nearly(value) }),
  );
  fc.assert(
    fc.property(wild, (given) => {
      for (const door of [detectEnvironment, recommendPreset]) {
        try {
          assert.equal(typeof Reflect.apply(door, undefined, [given]).reasoning, 'string');
        } catch (error) {
          assert(error instanceof ConfigurationError, String(error));
        }
      }
    }),
    runs(10_000),
  );
});
