import { describe, expect, it } from 'vitest';
import { detectEnvironment } from '../../../src/environment/index.js';

describe('detectEnvironment on a platform that names the environment', () => {
  it.each([
    [{ VERCEL_ENV: 'production' }, 'VERCEL_ENV', 'Vercel', 'production', 0.9],
    [{ VERCEL_ENV: 'preview' }, 'VERCEL_ENV', 'Vercel', 'staging', 0.9],
    [{ VERCEL_ENV: 'development' }, 'VERCEL_ENV', 'Vercel', 'development', 0.9],
    [{ NETLIFY: 'true', CONTEXT: 'production' }, 'CONTEXT', 'Netlify', 'production', 0.9],
    [{ NETLIFY: 'true', CONTEXT: 'deploy-preview' }, 'CONTEXT', 'Netlify', 'staging', 0.9],
    [{ NETLIFY: 'true', CONTEXT: 'branch-deploy' }, 'CONTEXT', 'Netlify', 'staging', 0.9],
    [{ NETLIFY: 'true', CONTEXT: 'dev' }, 'CONTEXT', 'Netlify', 'development', 0.9],
    [{ RAILWAY_ENVIRONMENT_NAME: 'live' }, 'RAILWAY_ENVIRONMENT_NAME', 'Railway', 'production', 0.9],
    [{ RAILWAY_ENVIRONMENT_NAME: 'stage' }, 'RAILWAY_ENVIRONMENT_NAME', 'Railway', 'staging', 0.9],
    [{ RAILWAY_ENVIRONMENT_NAME: 'test' }, 'RAILWAY_ENVIRONMENT_NAME', 'Railway', 'testing', 0.9],
    [
      { AZURE_FUNCTIONS_ENVIRONMENT: 'Production' },
      'AZURE_FUNCTIONS_ENVIRONMENT',
      'Azure Functions',
      'production',
      0.8,
    ],
    [{ AZURE_FUNCTIONS_ENVIRONMENT: 'Staging' }, 'AZURE_FUNCTIONS_ENVIRONMENT', 'Azure Functions', 'staging', 0.8],
    [
      { AZURE_FUNCTIONS_ENVIRONMENT: 'Development' },
      'AZURE_FUNCTIONS_ENVIRONMENT',
      'Azure Functions',
      'development',
      0.8,
    ],
    [{ RENDER: 'true', IS_PULL_REQUEST: 'true' }, 'IS_PULL_REQUEST', 'Render', 'staging', 0.8],
  ])('takes the environment from the platform: %j', (env, source, platform, environment, weight) => {
    const { metadata, ...found } = detectEnvironment({ env });
    expect(found).toMatchObject({ environment, confidence: weight, detectedBy: source });
    expect(found.signals).toHaveLength(1);
    expect(metadata.platform).toBe(platform);
  });

  it('ignores a variable that other programs may set too, and unknown values', () => {
    expect(detectEnvironment({ env: { CONTEXT: 'production' } }).signals).toEqual([]);
    expect(detectEnvironment({ env: { IS_PULL_REQUEST: 'true', RENDER: 'false' } }).signals).toEqual([]);
    expect(detectEnvironment({ env: { RAILWAY_ENVIRONMENT_NAME: 'pr-12' } }).signals).toEqual([]);
  });

  it('prefers the platform to NODE_ENV, which is production for previews too, and ENVIRONMENT to the platform', () => {
    const env = { NODE_ENV: 'production', VERCEL_ENV: 'preview' };
    expect(detectEnvironment({ env })).toMatchObject({ environment: 'staging', confidence: 0.765 });
    const named = detectEnvironment({ env: { ENVIRONMENT: 'development', VERCEL_ENV: 'preview' } });
    expect(named).toMatchObject({ environment: 'development', confidence: 0.8075 });
  });
});

const CI = [
  'GITHUB_ACTIONS',
  'GITLAB_CI',
  'CIRCLECI',
  'JENKINS_URL',
  'TF_BUILD',
  'BUILDKITE',
  'BITBUCKET_BUILD_NUMBER',
  'CODEBUILD_BUILD_ID',
  'TEAMCITY_VERSION',
  'TRAVIS',
  'DRONE',
  'APPVEYOR',
  'CI',
];
const WORKSPACES = [
  'AWS_SAM_LOCAL',
  'IS_OFFLINE',
  'NETLIFY_DEV',
  'FUNCTIONS_EMULATOR',
  'CODESPACES',
  'GITPOD_WORKSPACE_ID',
  'REMOTE_CONTAINERS',
];
const SERVERS = [
  'VERCEL',
  'NETLIFY',
  'AWS_LAMBDA_FUNCTION_NAME',
  'K_SERVICE',
  'CLOUD_RUN_JOB',
  'GAE_SERVICE',
  'WEBSITE_INSTANCE_ID',
  'CONTAINER_APP_NAME',
  'ECS_CONTAINER_METADATA_URI_V4',
  'RAILWAY_SERVICE_ID',
  'RENDER',
  'FLY_APP_NAME',
  'DYNO',
];

describe('detectEnvironment on a platform that has one use', () => {
  it.each([
    ...CI.map((variable) => [variable, 'testing', 0.75] as const),
    ...WORKSPACES.map((variable) => [variable, 'development', 0.75] as const),
    ...SERVERS.map((variable) => [variable, 'production', 0.65] as const),
    ['KUBERNETES_SERVICE_HOST', 'production', 0.6] as const,
  ])('recognises the platform by %s as %s with confidence %d', (variable, environment, confidence) => {
    const { signals, metadata } = detectEnvironment({ env: { [variable]: 'x-1' } });
    expect(signals).toMatchObject([{ source: variable, value: 'set', environment, confidence }]);
    expect(metadata.platform).toMatch(/^[A-Z]/);
    for (const off of ['', ' ', 'false', '0', 'no', 'off']) {
      expect(detectEnvironment({ env: { [variable]: off } })).toMatchObject({ signals: [], detectedBy: 'fallback' });
    }
  });

  it('gives one signal, for the first platform, however many variables are set', () => {
    const all = [...SERVERS, ...WORKSPACES, ...CI, 'KUBERNETES_SERVICE_HOST'];
    const env = Object.fromEntries(all.map((name) => [name, '1']));
    expect(detectEnvironment({ env }).signals.map(({ source }) => source)).toEqual(['GITHUB_ACTIONS']);
    const named = detectEnvironment({ env: { ...env, VERCEL_ENV: 'preview' } });
    expect(named.signals.map(({ source }) => source)).toEqual(['VERCEL_ENV']);
  });

  it('weighs CI more than the .git that it checks out', () => {
    const found = detectEnvironment({ env: { CI: 'true' }, files: ['.git', '.env'] });
    expect(found).toMatchObject({ environment: 'testing', confidence: 0.75, detectedBy: 'CI' });
  });

  it('weighs an emulator more than the variables of the platform that it emulates', () => {
    const env = { AWS_SAM_LOCAL: 'true', AWS_LAMBDA_FUNCTION_NAME: 'chat' };
    expect(detectEnvironment({ env })).toMatchObject({ environment: 'development', confidence: 0.75 });
  });

  it.each([...SERVERS, 'KUBERNETES_SERVICE_HOST'])(
    'keeps the named environment and its confidence on a server: %s',
    (variable) => {
      for (const name of ['development', 'testing', 'staging']) {
        const alone = detectEnvironment({ env: { NODE_ENV: name } });
        const there = detectEnvironment({ env: { NODE_ENV: name, [variable]: 'x' } });
        expect([there.environment, there.confidence]).toEqual([alone.environment, alone.confidence]);
      }
    },
  );
});
