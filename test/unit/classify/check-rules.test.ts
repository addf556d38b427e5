import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type ClassifyRule, checkRules, readRules } from '../../../src/classify/index.js';
import { Check } from '../../../src/input/check.js';
import { issuesOf } from '../../support/breaker-steps.js';

function findIssues(value: unknown) {
  const check = new Check();
  checkRules(check, 'options.classify', value);
  return issuesOf(() => check.throwIfInvalid());
}

const when = { status: 429 };

describe('checkRules', () => {
  it.each<{ rules: readonly ClassifyRule[] }>([
    { rules: [] },
    { rules: [{ when, means: 'overloaded' }] },
    { rules: [{ name: 'mine', when: () => true, means: { kind: 'auth' } }] },
    { rules: [{ when: { message: runInNewContext('/x/') }, means: 'auth' }] },
    { rules: [{ when: { status: [429, 503], code: ['a', 'b'], message: /x/, provider: 'openai' }, means: 'timeout' }] },
    {
      rules: [
        {
          when: { type: 'x', name: 'y', message: 'z', code: undefined },
          means: { kind: 'unknown', retry: 'backoff', breaker: 'ignored', failover: true, retryAfterMs: 5 },
        },
      ],
    },
  ])('accepts the rules $rules', ({ rules }) => {
    expect(findIssues(rules)).toEqual([]);
  });

  it.each([
    [undefined, 'options.classify', 'must be an array of rules'],
    [{ when, means: 'auth' }, 'options.classify', 'must be an array of rules'],
    [[null], 'options.classify[0]', 'must be a plain object'],
    [[{ when, means: 'auth' }, 5], 'options.classify[1]', 'must be a plain object'],
    [[{ when, means: 'auth', is: 5 }], 'options.classify[0].is', 'is unknown; expected one of name, when, means'],
    [[{ when, means: 'auth', name: '' }], 'options.classify[0].name', /must be a string of 1 to/],
    [[{ means: 'auth' }], 'options.classify[0].when', 'must be a plain object'],
    [[{ when: {}, means: 'auth' }], 'options.classify[0].when', /must hold at least one of status/],
    [[{ when: { status: 99 }, means: 'auth' }], 'options.classify[0].when.status', /whole number from 100 to 599/],
    [[{ when: { status: [] }, means: 'auth' }], 'options.classify[0].when.status', 'must hold at least one status'],
    [[{ when: { status: [429, null] }, means: 'auth' }], 'options.classify[0].when.status[1]', /whole number/],
    [[{ when: { code: '' }, means: 'auth' }], 'options.classify[0].when.code', 'must be a non-empty string'],
    [[{ when: { type: [] }, means: 'auth' }], 'options.classify[0].when.type', 'must hold at least one string'],
    [[{ when: { name: ['a', 5] }, means: 'auth' }], 'options.classify[0].when.name[1]', /must be a non-empty string/],
    [[{ when: { message: 5 }, means: 'auth' }], 'options.classify[0].when.message', /regular expression/],
    [[{ when: { message: '' }, means: 'auth' }], 'options.classify[0].when.message', /regular expression/],
    [[{ when }], 'options.classify[0].means', /must be one of cancelled/],
    [[{ when, means: {} }], 'options.classify[0].means.kind', /must be one of cancelled/],
    [[{ when, means: { kind: 'auth', retry: 'no' } }], 'options.classify[0].means.retry', /must be one of never/],
    [[{ when, means: { kind: 'auth', breaker: 'no' } }], 'options.classify[0].means.breaker', /must be one of failure/],
    [
      [{ when, means: { kind: 'auth', failover: 'no' } }],
      'options.classify[0].means.failover',
      'must be true or false',
    ],
    [[{ when, means: { kind: 'auth', retryAfterMs: 0 } }], 'options.classify[0].means.retryAfterMs', /above 0/],
  ])('reports exactly one issue for the rules %j', (rules, path, message) => {
    const [issue, ...others] = findIssues(rules);
    expect(issue).toMatchObject({ path, message: expect.stringMatching(message) });
    expect(others).toEqual([]);
  });

  it('suggests the field or kind that a mistyped one resembles', () => {
    const [kind, part] = findIssues([{ when: { statsu: 429, code: 'x' }, means: 'rate_limitd' }]).toReversed();
    expect(kind?.suggestion).toBe("Did you mean 'rate_limited'?");
    expect(part?.suggestion).toBe("Did you mean 'status'?");
  });
});

describe('readRules', () => {
  it('copies rules, so that later changes of the originals have no effect', () => {
    const rule = { when: { status: 429 }, means: { kind: 'auth' as const } };
    const [copy] = readRules('rules', [rule]);
    expect(copy).toEqual(rule);
    rule.when.status = 500;
    expect(copy?.when).toEqual({ status: 429 });
    expect(copy?.means).not.toBe(rule.means);
  });

  it('keeps functions and kinds as they are', () => {
    const rule: ClassifyRule = { when: () => true, means: 'auth' };
    expect(readRules('rules', [rule])).toEqual([rule]);
  });

  it('refuses a rule with a getter that throws', () => {
    const broken: ClassifyRule = {
      when: {
        get status(): number {
          throw new Error('no');
        },
      },
      means: 'auth',
    };
    expect(issuesOf(() => readRules('rules', [broken]))).toMatchObject([{ path: 'rules[0].when' }]);
  });
});
