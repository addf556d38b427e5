import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { ConfigurationError, createResilience } from 'holdfast';
import { detectEnvironment, type EnvironmentRule, readEnvironment } from 'holdfast/config';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { issuesIn, thrownBy } from '../../support/calls.js';

const signalsOf = (rules: readonly EnvironmentRule[], input: Omit<Parameters<typeof detectEnvironment>[0], 'rules'>) =>
  detectEnvironment({ ...input, rules }).signals;

describe('environment rules of the user', () => {
  it('take the environment from the value of a variable of their own', () => {
    const rules = [{ variable: 'STAGE' }];
    expect(detectEnvironment({ env: { STAGE: ' Prod ' }, rules })).toMatchObject({
      environment: 'production',
      confidence: 0.9,
      detectedBy: 'STAGE',
      reasoning: "STAGE is 'Prod'",
    });
    expect(signalsOf(rules, { env: { STAGE: 'blue' } })).toEqual([]);
  });

  it('take the environment from a pattern of a variable, given as a regular expression of any realm or as text', () => {
    const foreign: RegExp = runInNewContext('/^(blue|green)$/g');
    for (const pattern of [/^(?:blue|green)$/y, foreign, '^(BLUE|GREEN)$']) {
      const rules = [{ variable: 'TIER', pattern, environment: 'production', confidence: 0.8 }] as const;
      const expected = { source: 'TIER', value: 'blue', environment: 'production', confidence: 0.8 };
      for (let run = 0; run < 2; run++) expect(signalsOf(rules, { env: { TIER: 'blue' } })).toMatchObject([expected]);
      expect(signalsOf(rules, { env: { TIER: 'canary' } })).toEqual([]);
    }
  });

  it('take the environment from a variable that is set, unless it is off', () => {
    const rules = [{ variable: 'ON_CALL', environment: 'staging' }] as const;
    expect(signalsOf(rules, { env: { ON_CALL: 'x' } })).toMatchObject([{ value: 'set', environment: 'staging' }]);
    expect(signalsOf(rules, { env: { ON_CALL: 'false' } })).toEqual([]);
  });

  it('take the environment from a file and from the host name', () => {
    const rules = [
      { file: 'k8s.dev.yaml', environment: 'development' },
      { hostname: '^ip-10-7-', environment: 'staging', confidence: 0.5 },
    ] as const;
    expect(signalsOf(rules, { files: ['k8s.dev.yaml'], hostname: 'IP-10-7-1' })).toEqual([
      {
        source: 'k8s.dev.yaml',
        value: 'present',
        environment: 'development',
        confidence: 0.9,
        reasoning: 'k8s.dev.yaml exists',
      },
      {
        source: 'hostname',
        value: 'IP-10-7-1',
        environment: 'staging',
        confidence: 0.5,
        reasoning: "hostname 'IP-10-7-1' matches /^ip-10-7-/i",
      },
    ]);
    expect(signalsOf(rules, { files: [], hostname: 'web-1' })).toEqual([]);
  });

  it('take precedence over a built-in signal of the same weight', () => {
    const rules = [{ variable: 'TIER', environment: 'staging', confidence: 0.95 }] as const;
    const env = { ENVIRONMENT: 'production', TIER: 'x' };
    expect(detectEnvironment({ env, rules })).toMatchObject({ environment: 'staging', detectedBy: 'TIER' });
  });

  it('leave the detection as it is when they match nothing', () => {
    const input = { env: { NODE_ENV: 'production' }, files: ['.env'], hostname: 'web-1' };
    expect(detectEnvironment({ ...input, rules: [{ variable: 'STAGE' }] })).toEqual(detectEnvironment(input));
  });

  it('are read from the process by readEnvironment(), with their variables and files', () => {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-rules-'));
    writeFileSync(join(directory, 'k8s.dev.yaml'), '');
    vi.stubEnv('HOLDFAST_TEST_STAGE', 'staging');
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(directory, { recursive: true });
    });
    const rules = [{ variable: 'HOLDFAST_TEST_STAGE' }, { file: 'k8s.dev.yaml', environment: 'development' }] as const;
    const input = readEnvironment(directory, rules);
    expect(input).toMatchObject({ env: { HOLDFAST_TEST_STAGE: 'staging' }, files: ['k8s.dev.yaml'], rules });
    expect(detectEnvironment(input).signals.slice(0, 2)).toMatchObject([
      { environment: 'staging' },
      { environment: 'development' },
    ]);
  });

  it('choose the preset of createResilience()', () => {
    const environment = { env: { STAGE: 'prod' }, rules: [{ variable: 'STAGE' }] };
    expect(createResilience({ preset: 'auto', environment }).config().preset).toBe('production');
  });
});

describe('environment rules that are not valid', () => {
  const refused: readonly { given: unknown; path: string; message: string }[] = [
    { given: 'x', path: '', message: 'must be an array of rules' },
    { given: Array(101).fill({ variable: 'X' }), path: '', message: 'must have at most 100' },
    { given: [5], path: '[0]', message: 'must be a plain object' },
    { given: [{}], path: '[0]', message: 'must have exactly one of variable, file, hostname' },
    { given: [{ variable: 'A', file: 'b', environment: 'staging' }], path: '[0]', message: 'must have exactly one of' },
    { given: [{ variable: '' }], path: '[0].variable', message: '' },
    {
      given: [{ variable: 'A', pattern: '(', environment: 'staging' }],
      path: '[0].pattern',
      message: 'must be a valid',
    },
    {
      given: [{ variable: 'A', pattern: 5, environment: 'staging' }],
      path: '[0].pattern',
      message: 'must be a regular',
    },
    {
      given: [{ file: 'a', pattern: 'x', environment: 'staging' }],
      path: '[0].pattern',
      message: 'must be given with',
    },
    { given: [{ hostname: '[', environment: 'staging' }], path: '[0].hostname', message: 'must be a valid' },
    { given: [{ hostname: 'x' }], path: '[0].environment', message: 'must be one of development, testing' },
    { given: [{ file: 'a', environment: 'unknown' }], path: '[0].environment', message: 'must be one of' },
    { given: [{ variable: 'A', confidence: 0 }], path: '[0].confidence', message: 'must be' },
    { given: [{ variable: 'A', confidence: 1.1 }], path: '[0].confidence', message: 'must be' },
    { given: [{ variable: 'A', weight: 1 }], path: '[0].weight', message: 'is unknown' },
  ];

  it.each(refused)('are refused with a ConfigurationError: $path $message', ({ given, path, message }) => {
    const error = thrownBy(() => Reflect.apply(detectEnvironment, undefined, [{ rules: given }]));
    expect(ConfigurationError.is(error)).toBe(true);
    const found = issuesIn(error).filter((issue) => issue.path === `environment.rules${path}`);
    expect(found.map((issue) => issue.message).join()).toContain(message);
    expect(found).not.toEqual([]);
  });

  it('are refused by createResilience() as well', () => {
    const environment = { rules: [{ variable: 'A', pattern: '(', environment: 'staging' }] } as const;
    expect(issuesIn(thrownBy(() => createResilience({ environment })))).toMatchObject([
      { path: 'environment.rules[0].pattern' },
    ]);
  });
});

describe('a host name with a word at its beginning or end', () => {
  it.each([
    ['webprod01', 'production', 0.65],
    ['prodweb1', 'production', 0.65],
    ['productionweb', 'production', 0.65],
    ['devserver', 'development', 0.55],
    ['mydevbox', 'development', 0.55],
    ['localdev', 'development', 0.55],
    ['testrunner3', 'development', 0.55],
    ['stagingweb', 'staging', 0.6],
    ['webpreprod2', 'staging', 0.6],
  ] as const)('such as %s is a weaker signal for %s', (hostname, environment, confidence) => {
    expect(detectEnvironment({ hostname }).signals).toMatchObject([{ source: 'hostname', environment, confidence }]);
  });

  it.each([
    'delivery-7',
    'product.domain',
    'products',
    'producer1',
    'devices',
    'locale',
    'latest',
    'contest',
    'unstable',
  ])('such as %s is no signal, since the word is a common one', (hostname) => {
    expect(detectEnvironment({ hostname }).signals).toEqual([]);
  });

  it('is no signal beside a whole word, which weighs more', () => {
    expect(detectEnvironment({ hostname: 'prodweb-dev' }).signals).toMatchObject([
      { environment: 'development', confidence: 0.6 },
    ]);
  });
});
