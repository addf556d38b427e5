import { type ConfigurationIssue, retry, retryBudget } from 'holdfast/retry';
import { describe, expect, it, vi } from 'vitest';
import { RETRY_OPTIONS } from '../../../src/retry/retry-options.js';
import { errorOf, issuesIn, thrownBy } from '../../support/calls.js';
import { failing } from '../../support/failures.js';
import { listSettings, listUndefined } from '../../support/wrong-values.js';

/** `retry` as it is without a compiler: it takes anything. */
function untyped(...given: readonly unknown[]): Promise<unknown> {
  return Promise.resolve(Reflect.apply(retry, undefined, given));
}

/** What is wrong with options, of any shape; nothing is called. */
async function refused(options: unknown): Promise<readonly ConfigurationIssue[]> {
  const work = vi.fn();
  const error = await errorOf(untyped(work, options));
  expect(work).not.toHaveBeenCalled();
  return issuesIn(error);
}

describe('the function of retry()', () => {
  it.each([undefined, null, 'fetch', {}, 5])('must be a function, which %j is not', async (fn) => {
    expect(issuesIn(await errorOf(untyped(fn)))).toMatchObject([{ path: 'fn', message: 'must be a function' }]);
  });

  it('is refused by a rejection, never by a throw', async () => {
    const ended: unknown = Reflect.apply(retry, undefined, []);
    expect(ended).toBeInstanceOf(Promise);
    await errorOf(Promise.resolve(ended));
  });
});

describe('the options of retry()', () => {
  it.each(listSettings(RETRY_OPTIONS))('are refused for every wrong value of $path', async ({ path, ...each }) => {
    for (const { value, received } of each.wrong) {
      const issue = { path: `options.${path}`, message: each.allowed, received };
      expect(await refused(each.holding(value))).toMatchObject([issue]);
    }
  });

  it.each([
    { option: 'name', value: '', message: 'must be a string of 1 to 256 characters without control characters' },
    { option: 'signal', value: {}, message: 'must be an AbortSignal' },
    { option: 'signal', value: null, message: 'must be an AbortSignal' },
    { option: 'idempotent', value: 'no', message: 'must be true or false' },
    { option: 'replayable', value: 0, message: 'must be true or false' },
    { option: 'budget', value: { ratio: 0.2 }, message: 'must come from retryBudget()' },
    { option: 'budget', value: false, message: 'must come from retryBudget()' },
    { option: 'onRetry', value: 'log', message: 'must be a function' },
    { option: 'random', value: 0.5, message: 'must be a function' },
  ])('are refused for $option $value', async ({ option, value, message }) => {
    expect(await refused({ [option]: value })).toMatchObject([{ path: `options.${option}`, message }]);
  });

  it('are refused with everything that is wrong at once', async () => {
    const issues = await refused({
      name: 5,
      signal: 'none',
      deadlineMs: -1,
      attemptTimeoutMs: Number.NaN,
      idempotent: 1,
      replayable: 1,
      budget: {},
      classify: [{ when: {}, means: 'no kind' }],
      onRetry: {},
      random: 1,
      maxAttempts: 1.5,
      kinds: { timeout: { jitter: 'much' }, timouts: true },
      retries: 3,
    });
    expect(issues.map(({ path }) => path).toSorted()).toEqual(
      [
        'options.attemptTimeoutMs',
        'options.budget',
        'options.classify[0].means',
        'options.classify[0].when',
        'options.deadlineMs',
        'options.idempotent',
        'options.kinds.timeout.jitter',
        'options.kinds.timouts',
        'options.maxAttempts',
        'options.name',
        'options.onRetry',
        'options.random',
        'options.replayable',
        'options.retries',
        'options.signal',
      ].toSorted(),
    );
  });

  it('are refused when they contradict each other', async () => {
    expect(await refused({ minDelayMs: 5_000, maxDelayMs: 1_000 })).toMatchObject([
      { path: 'options.maxDelayMs', message: 'must not be shorter than minDelayMs' },
    ]);
    expect(await refused({ minDelayMs: 5_000, maxElapsedMs: 1_000 })).toMatchObject([{ path: 'options.minDelayMs' }]);
  });

  it.each([
    { options: null },
    { options: 5 },
    { options: 'fast' },
    { options: [] },
    { options: new Map() },
    { options: AbortSignal.abort() },
  ])('are refused when they are $options', async ({ options }) => {
    expect(await refused(options)).toMatchObject([{ path: 'options', message: 'must be a plain object' }]);
  });

  it('are refused when they have a getter that throws', async () => {
    const options = {
      get maxAttempts(): number {
        throw new Error('of the getter');
      },
    };
    expect(await refused(options)).toMatchObject([{ path: 'options' }]);
  });

  it('that are unknown are refused with all known names, those of retry() alone included', async () => {
    const [issue] = await refused({ signl: AbortSignal.abort() });
    expect(issue).toMatchObject({ path: 'options.signl', suggestion: "Did you mean 'signal'?" });
    expect(issue?.message).toContain('attemptTimeoutMs');
    expect(issue?.message).toContain('maxAttempts');
  });

  it('that are undefined count as absent', async () => {
    expect(await untyped(failing().work, listUndefined(RETRY_OPTIONS))).toBe('fine');
    expect(await untyped(failing().work, undefined)).toBe('fine');
  });

  it('are read once, so that later changes to them have no effect', async () => {
    let reads = 0;
    const kinds = { server_error: false };
    const options = {
      kinds,
      get maxAttempts() {
        reads += 1;
        return 2;
      },
    };
    const { work, calledAt } = failing(Object.assign(new Error('down'), { status: 500 }));
    const ended = errorOf(untyped(work, options));
    kinds.server_error = true;
    await ended;
    expect(reads).toBe(1);
    expect(calledAt).toHaveLength(1);
  });
});

describe('retryBudget()', () => {
  const made = (...given: readonly unknown[]) => Reflect.apply(retryBudget, undefined, given);

  it('holds ten retries by default, or what its floor gives in two seconds', () => {
    expect(retryBudget().snapshot()).toEqual({ tokens: 10, burst: 10 });
    expect(retryBudget({ floorPerSecond: 30 }).snapshot()).toEqual({ tokens: 60, burst: 60 });
    expect(retryBudget({ burst: 1 }).snapshot()).toEqual({ tokens: 1, burst: 1 });
  });

  it.each([
    { settings: { ratio: 2 }, path: 'ratio' },
    { settings: { floorPerSecond: -1 }, path: 'floorPerSecond' },
    { settings: { burst: 0 }, path: 'burst' },
    { settings: { rate: 1 }, path: 'rate' },
  ])('refuses $settings, naming $path', ({ settings, path }) => {
    const issues = issuesIn(thrownBy(() => made(settings)));
    expect(issues.map((issue) => issue.path)).toEqual([`settings.${path}`]);
  });

  it.each([
    { settings: null },
    { settings: 5 },
    { settings: 'some' },
    { settings: [] },
    { settings: false },
    { settings: new Map() },
  ])('refuses $settings, which are not settings', ({ settings }) => {
    expect(issuesIn(thrownBy(() => made(settings)))).toMatchObject([
      { path: 'settings', message: 'must be a plain object' },
    ]);
  });

  it('refuses settings with which a spent budget could never allow a retry again', () => {
    expect(issuesIn(thrownBy(() => made({ ratio: 0, floorPerSecond: 0 })))).toMatchObject([
      { path: 'settings', message: 'must have a ratio or a floorPerSecond above 0' },
    ]);
  });

  it('refuses settings with a getter that throws, by a ConfigurationError', () => {
    const settings = {
      get ratio(): number {
        throw new Error('of the getter');
      },
    };
    expect(issuesIn(thrownBy(() => made(settings)))).toMatchObject([{ path: 'settings' }]);
  });
});
