import { describe, expect, it } from 'vitest';
import { detectEnvironment, type EnvironmentInput } from '../../../src/environment/index.js';

/** The signals of an input, as rows: source, environment, weight. */
function rows(input: EnvironmentInput) {
  return detectEnvironment(input).signals.map(
    ({ source, environment, confidence }) => [source, environment, confidence] as const,
  );
}

const NAMES = [
  ['development', 'development'],
  ['dev', 'development'],
  ['testing', 'testing'],
  ['test', 'testing'],
  ['staging', 'staging'],
  ['stage', 'staging'],
  ['production', 'production'],
  ['prod', 'production'],
  ['live', 'production'],
] as const;

describe('detectEnvironment by a variable that names the environment', () => {
  it.each([
    ['ENVIRONMENT', 0.95],
    ['NODE_ENV', 0.85],
    ['FLASK_ENV', 0.85],
    ['APP_ENV', 0.85],
    ['ENV', 0.85],
    ['DEPLOYMENT_ENV', 0.85],
    ['DJANGO_SETTINGS_MODULE', 0.85],
    ['RAILS_ENV', 0.85],
  ])('gives %s the weight %d, whichever of the nine names it holds', (variable, weight) => {
    for (const [name, environment] of NAMES) {
      const { signals, ...found } = detectEnvironment({ env: { [variable]: name } });
      expect(found).toMatchObject({ environment, confidence: weight, detectedBy: variable });
      const reasoning = `${variable} is '${name}'`;
      expect(signals).toEqual([{ source: variable, value: name, environment, confidence: weight, reasoning }]);
    }
  });

  it('ignores case and surrounding space', () => {
    expect(rows({ env: { NODE_ENV: ' Production\n' } })).toEqual([['NODE_ENV', 'production', 0.85]]);
  });

  it.each(['preprod', 'prd', 'app.settings.production', 'constructor', '__proto__'])(
    'lists a variable that holds %j as unrecognised',
    (name) => {
      const { signals, metadata } = detectEnvironment({ env: { APP_ENV: name } });
      expect(signals).toEqual([]);
      expect(metadata.unrecognised).toEqual(['APP_ENV']);
    },
  );

  it('gives a signal for each variable, by precedence', () => {
    const env = { RAILS_ENV: 'test', NODE_ENV: 'production', ENVIRONMENT: 'staging', APP_ENV: '' };
    const { metadata } = detectEnvironment({ env });
    expect(metadata.unrecognised).toEqual([]);
    expect(rows({ env })).toEqual([
      ['ENVIRONMENT', 'staging', 0.95],
      ['NODE_ENV', 'production', 0.85],
      ['RAILS_ENV', 'testing', 0.85],
    ]);
  });
});

describe('detectEnvironment by an indicator', () => {
  it.each([
    ['DEBUG=true', { env: { DEBUG: 'true' } }, ['DEBUG', 'development', 0.7]],
    ['DEBUG=1', { env: { DEBUG: '1' } }, ['DEBUG', 'development', 0.7]],
    ['.env', { files: ['.env'] }, ['.env', 'development', 0.7]],
    ['.git', { files: ['.git'] }, ['.git', 'development', 0.7]],
    ['docker-compose.dev.yml', { files: ['docker-compose.dev.yml'] }, ['docker-compose.dev.yml', 'development', 0.7]],
    ['PRODUCTION=true', { env: { PRODUCTION: 'true' } }, ['PRODUCTION', 'production', 0.75]],
    ['PROD=true', { env: { PROD: 'TRUE' } }, ['PROD', 'production', 0.75]],
    ['DEBUG=false', { env: { DEBUG: 'false' } }, ['DEBUG', 'production', 0.75]],
    ['DEBUG=0', { env: { DEBUG: '0' } }, ['DEBUG', 'production', 0.75]],
  ] as const)('takes %s as a signal', (_, input, row) => {
    expect(rows(input)).toEqual([row]);
  });

  it.each([
    { env: { DEBUG: 'express:*' } },
    { env: { PRODUCTION: '1' } },
    { env: { PROD: 'false' } },
    { files: ['.env.example', 'docker-compose.yml', 'sub/.git'] },
  ])('ignores what only resembles an indicator: %j', (input) => {
    expect(rows(input)).toEqual([]);
  });

  it('lists indicators after names, in the order of the guide', () => {
    const files = ['docker-compose.dev.yml', '.git', '.env'];
    const env = { PROD: 'true', PRODUCTION: 'true', DEBUG: '1', NODE_ENV: 'test' };
    const sources = rows({ env, files }).map(([source]) => source);
    expect(sources).toEqual(['NODE_ENV', 'DEBUG', '.env', '.git', 'docker-compose.dev.yml', 'PRODUCTION', 'PROD']);
  });
});

describe('detectEnvironment by the host name', () => {
  it.each([
    ['dev-box-1', 'development', 0.6],
    ['anna.local', 'development', 0.6],
    ['localhost', 'development', 0.6],
    ['test01.example.com', 'development', 0.6],
    ['sandbox_2', 'development', 0.6],
    ['Demo', 'development', 0.6],
    ['api.staging.example.com', 'staging', 0.65],
    ['stag1', 'staging', 0.65],
    ['uat-3', 'staging', 0.65],
    ['integration-7', 'staging', 0.65],
    ['preprod-7', 'staging', 0.65],
    ['pre-prod-7', 'staging', 0.65],
    ['web.non-production.eu', 'staging', 0.65],
    ['web-prod1', 'production', 0.7],
    ['PRODUCTION', 'production', 0.7],
    ['live2', 'production', 0.7],
    ['release-9', 'production', 0.7],
    ['stable', 'production', 0.7],
    ['main-eu', 'production', 0.7],
    ['master0', 'production', 0.7],
  ])('takes %s for %s with confidence %d', (hostname, environment, weight) => {
    expect(rows({ hostname })).toEqual([['hostname', environment, weight]]);
  });

  it.each(['delivery-7', 'device-1', 'product-catalog', 'domain', 'mainframe', 'latest-build', 'locale', 'fv-az1', ''])(
    'ignores %j, because only whole words count',
    (hostname) => {
      expect(rows({ hostname })).toEqual([]);
    },
  );

  it('gives one signal for each group of words', () => {
    expect(rows({ hostname: 'prod-live-test-dev-staging' })).toEqual([
      ['hostname', 'development', 0.6],
      ['hostname', 'staging', 0.65],
      ['hostname', 'production', 0.7],
    ]);
  });

  it('uses the variable HOSTNAME if no host name is given', () => {
    expect(rows({ env: { HOSTNAME: 'prod-1' } })).toEqual([['hostname', 'production', 0.7]]);
    expect(rows({ env: { HOSTNAME: 'prod-1' }, hostname: 'uat-1' })).toEqual([['hostname', 'staging', 0.65]]);
  });
});

describe('detectEnvironment for a feature', () => {
  it.each(['true', '1', 'yes', 'YES'])(
    'takes ENFORCE_AUTH=%s for production when the feature is security_enforcement',
    (value) => {
      const input: EnvironmentInput = {
        env: { ENFORCE_AUTH: value, ENVIRONMENT: 'production' },
        feature: 'security_enforcement',
      };
      expect(rows(input)).toContainEqual(['ENFORCE_AUTH', 'production', 0.98]);
      expect(detectEnvironment(input)).toMatchObject({ detectedBy: 'ENFORCE_AUTH', confidence: 0.98 });
    },
  );

  it.each([
    ['security_enforcement', 'false'],
    ['security_enforcement', 'on'],
    ['default', 'true'],
    ['ai_enabled', 'true'],
    ['cache_optimization', 'true'],
    ['resilience_strategy', 'true'],
  ] as const)('for %s ignores ENFORCE_AUTH=%s', (feature, value) => {
    const { signals, metadata } = detectEnvironment({ env: { ENFORCE_AUTH: value }, feature });
    expect(signals).toEqual([]);
    expect(metadata).toEqual({ feature, unrecognised: [] });
  });

  it('gives ai_enabled the prefix of cache keys if ENABLE_AI_CACHE is on', () => {
    const prefixOf = (value: string, feature?: 'ai_enabled') =>
      detectEnvironment({ env: { ENABLE_AI_CACHE: value }, feature }).metadata.aiPrefix;
    expect(['true', '1', 'yes', 'Yes'].map((value) => prefixOf(value, 'ai_enabled'))).toEqual(Array(4).fill('ai-'));
    expect([prefixOf('no', 'ai_enabled'), prefixOf('true')]).toEqual([undefined, undefined]);
  });
});
