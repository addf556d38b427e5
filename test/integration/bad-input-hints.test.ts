import { createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { loadConfig, validateConfig } from 'holdfast/config';
import { retry } from 'holdfast/retry';
import { describe, expect, it } from 'vitest';
import { errorOf, issuesIn, thrownBy, untyped } from '../support/calls.js';

type Hint = readonly [path: string, suggestion: string | undefined];

function hintsIn(error: unknown): readonly Hint[] {
  return issuesIn(error).map(({ path, suggestion }) => [path, suggestion]);
}

/** What `createResilience` suggests for options of any kind. */
function ofOptions(options: unknown): readonly Hint[] {
  return hintsIn(thrownBy(() => Reflect.apply(createResilience, undefined, [options])));
}

const ofConfig = (config: unknown) => ofOptions({ config });
const ofDefaults = (defaults: unknown) => ofConfig({ defaults });

async function ofCall(...given: readonly unknown[]): Promise<readonly Hint[]> {
  return hintsIn(await errorOf(untyped(createResilience()).execute(...given)));
}

const fn = () => 1;
const NO_FALLBACK =
  'Write fallback in the options of a call, or fallbacks: { chat: ... } in those of createResilience().';
const ofExecute = (options: unknown) => ofCall('chat', fn, options);

async function ofRetry(...given: readonly unknown[]): Promise<readonly Hint[]> {
  return hintsIn(await errorOf(Promise.resolve(Reflect.apply(retry, undefined, given))));
}

function ofBreaker(options: unknown): readonly Hint[] {
  return hintsIn(thrownBy(() => Reflect.construct(CircuitBreaker, [options])));
}

describe('createResilience, given a setting as an option', () => {
  it.each<[object, string]>([
    [{ deadlineMs: 60_000 }, 'Write config.defaults.deadlineMs.'],
    [{ deadlineMs: 30 }, 'Write config.defaults.deadlineMs: 30000, if 30 means seconds.'],
    [{ deadlineMs: '30s' }, 'Write config.defaults.deadlineMs: 30000.'],
    [{ deadlineSeconds: 30 }, 'Write config.defaults.deadlineMs: 30000.'],
    [{ retry: { maxAttempts: 3 } }, 'Write config.defaults.retry.'],
    [{ retry: true }, 'Write config.defaults.retry.'],
    [{ maxAttempts: 3 }, 'Write config.defaults.retry.maxAttempts.'],
    [{ retries: 3 }, 'Write config.defaults.retry.maxAttempts, which counts the first attempt too.'],
    [{ breaker: false }, 'Write config.defaults.breaker.'],
    [{ openMs: 60_000 }, 'Write config.defaults.breaker.openMs.'],
    [{ strategy: 'critical' }, 'Write config.strategy.'],
    [{ strategy: 'exponential' }, 'Write config.defaults.retry.strategy.'],
    [{ chat: { deadlineMs: 60_000 } }, 'Write config.operations.chat.'],
    [{ fallback: fn }, NO_FALLBACK],
  ])('says where it belongs: %o', (options, suggestion) => {
    expect(ofOptions(options)).toEqual([[`options.${Object.keys(options)[0]}`, suggestion]]);
  });

  it('takes a config for options, and says where its parts belong', () => {
    expect(ofOptions({ defaults: { deadlineMs: 60_000 }, operations: { chat: {} } })).toEqual([
      ['options.defaults', 'Write config.defaults.'],
      ['options.operations', 'Write config.operations.'],
    ]);
  });

  it('takes options for a config, and says where they belong', () => {
    expect(ofConfig({ config: { defaults: { deadlineMs: 60_000 } } })).toEqual([
      ['config.config', "Write what it holds without 'config' around it."],
    ]);
    expect(ofConfig({ preset: 'production', classify: [] })).toEqual([
      ['config.classify', 'Write it beside config, in the options.'],
    ]);
  });

  it('keeps what was probably mistyped', () => {
    expect(ofOptions({ confg: {} })).toEqual([['options.confg', "Did you mean 'config'?"]]);
    expect(ofDefaults({ deadlinMs: 5 })).toEqual([['config.defaults.deadlinMs', "Did you mean 'deadlineMs'?"]]);
  });

  it('suggests nothing for a name that means nothing', () => {
    expect(ofOptions({ colour: 'red' })).toEqual([['options.colour', undefined]]);
  });
});

describe('a config in code, given the names of other libraries', () => {
  it.each<[string, unknown, string]>([
    ['retries', 3, 'Write defaults.retry.maxAttempts, which counts the first attempt too.'],
    ['maxRetries', 3, 'Write defaults.retry.maxAttempts, which counts the first attempt too.'],
    ['numOfAttempts', 3, 'Write defaults.retry.maxAttempts.'],
    ['minTimeout', 1_000, 'Write defaults.retry.minDelayMs.'],
    ['maxTimeout', 1_000, 'Write defaults.retry.maxDelayMs.'],
    ['maxRetryTime', 1_000, 'Write defaults.retry.maxElapsedMs.'],
    ['initialDelay', 128, 'Write defaults.retry.minDelayMs.'],
    ['maxDelay', 30_000, 'Write defaults.retry.maxDelayMs.'],
    ['randomize', true, "Write defaults.retry.jitter: 'full' or 'none'."],
    ['factor', 2, 'Write defaults.retry.multiplier, which scales every wait: the strategy decides how waits grow.'],
    ['shouldRetry', fn, 'Write defaults.retry.kinds, by the kind of failure.'],
    ['timeout', 5_000, 'Write defaults.deadlineMs for the whole call, or defaults.attemptTimeoutMs for one attempt.'],
    ['timeoutMs', 5_000, 'Write defaults.deadlineMs for the whole call, or defaults.attemptTimeoutMs for one attempt.'],
    ['errorThresholdPercentage', 50, 'Write defaults.breaker.trip.failureRate as a share: 50 % is 0.5.'],
    ['volumeThreshold', 10, 'Write defaults.breaker.trip.minimumCalls.'],
    ['rollingCountTimeout', 10_000, 'Write defaults.breaker.trip.windowMs.'],
    ['resetTimeout', 30_000, 'Write defaults.breaker.openMs.'],
    ['halfOpenAfter', 10_000, 'Write defaults.breaker.openMs.'],
    ['threshold', 5, 'Write defaults.breaker.trip.consecutiveFailures.'],
    ['threshold', 0.5, 'Write defaults.breaker.trip.failureRate as a share: 50 % is 0.5.'],
    ['consecutiveFailures', 5, 'Write defaults.breaker.trip.consecutiveFailures.'],
    ['enabled', false, 'Write false instead of settings to switch a stage off.'],
    ['fallback', fn, NO_FALLBACK],
  ])('says what %s is called: %o', (name, value, suggestion) => {
    expect(ofDefaults({ [name]: value })).toEqual([[`config.defaults.${name}`, suggestion]]);
    const [[, inOperation] = ['', '']] = ofConfig({ operations: { 'a.b': { [name]: value } } });
    expect(inOperation).toBe(suggestion.replaceAll('defaults.', 'operations.a.b.'));
  });

  it('finds the setting nearest to where the name is written', () => {
    expect(ofDefaults({ retry: { retries: 3 }, breaker: { resetTimeout: 30_000 } })).toEqual([
      ['config.defaults.retry.retries', 'Write defaults.retry.maxAttempts, which counts the first attempt too.'],
      ['config.defaults.breaker.resetTimeout', 'Write defaults.breaker.openMs.'],
    ]);
    expect(ofDefaults({ breaker: { consecutiveFailures: 5 }, retry: { openMs: 60_000 } })).toEqual([
      ['config.defaults.retry.openMs', 'Write defaults.breaker.openMs.'],
      ['config.defaults.breaker.consecutiveFailures', 'Write defaults.breaker.trip.consecutiveFailures.'],
    ]);
    expect(ofDefaults({ strategy: 'critical' })).toEqual([['config.defaults.strategy', 'Write strategy.']]);
    expect(ofConfig({ chat: { deadlineMs: 60_000 } })).toEqual([['config.chat', 'Write operations.chat.']]);
  });

  it('gives loadConfig and validateConfig the same hints', () => {
    const config = { defaults: { retries: 3 } };
    const expected = 'Write defaults.retry.maxAttempts, which counts the first attempt too.';
    const error = thrownBy(() => Reflect.apply(loadConfig, undefined, [{ config }]));
    expect(hintsIn(error)).toEqual([['config.defaults.retries', expected]]);
    expect(validateConfig(config).errors).toMatchObject([{ suggestion: expected }]);
    const beside = thrownBy(() => Reflect.apply(loadConfig, undefined, [{ defaults: {} }]));
    expect(hintsIn(beside)).toEqual([['options.defaults', 'Write config.defaults.']]);
  });
});

describe('a value in code that is not allowed', () => {
  it.each<[string, unknown, string]>([
    ['deadlineMs', '30s', 'Did you mean 30000?'],
    ['deadlineMs', '2 minutes', 'Did you mean 120000?'],
    ['deadlineMs', '3000', 'Write milliseconds: 120000 suits most calls.'],
    ['deadlineMs', null, 'Write milliseconds: 120000 suits most calls.'],
    ['deadlineMs', 0, "Write 'false' to switch it off."],
    ['retry', true, 'Write settings, such as { maxAttempts: 3 }, or false for no retries.'],
    ['retry', 3, 'Write settings, such as { maxAttempts: 3 }, or false for no retries.'],
    ['breaker', true, 'Write settings, such as { openMs: 60000 }, or false for no breaker.'],
    ['breaker', null, 'Write settings, such as { openMs: 60000 }, or false for no breaker.'],
    ['quota', 'off', 'Write settings, such as { maxWaitMs: 30000 }, or false.'],
  ])('gets what to write: %s %o', (name, value, suggestion) => {
    expect(ofDefaults({ [name]: value })).toEqual([[`config.defaults.${name}`, suggestion]]);
  });

  it('says that false is allowed where it is', () => {
    const error = thrownBy(() =>
      Reflect.apply(createResilience, undefined, [{ config: { defaults: { retry: true } } }]),
    );
    expect(issuesIn(error)).toMatchObject([{ message: 'must be a plain object, or false', received: 'true' }]);
  });

  it('is a share where percent were meant', () => {
    expect(ofDefaults({ breaker: { trip: { failureRate: 50 } } })).toEqual([
      ['config.defaults.breaker.trip.failureRate', 'Write a share: 0.5 opens when half of the calls fail.'],
    ]);
  });
});

describe('execute, given options that belong elsewhere', () => {
  it.each<[object, string]>([
    [{ timeout: 1_000 }, 'Write deadlineMs for the whole call, or settings.attemptTimeoutMs for one attempt.'],
    [
      { timeout: '30s' },
      'Write deadlineMs: 30000 for the whole call, or settings.attemptTimeoutMs: 30000 for one attempt.',
    ],
    [{ attemptTimeoutMs: 1_000 }, 'Write settings.attemptTimeoutMs.'],
    [{ maxAttempts: 3 }, 'Write settings.retry.maxAttempts.'],
    [{ retries: 3 }, 'Write settings.retry.maxAttempts, which counts the first attempt too.'],
    [{ retry: { maxAttempts: 3 } }, 'Write settings.retry.'],
    [{ breaker: false }, 'Write settings.breaker.'],
    [{ breaker: { openMs: 5 } }, 'Set it in config.operations.'],
    [{ defaults: { deadlineMs: 5 } }, 'Set it in config.operations.'],
    [{ fallbacks: { value: 1 } }, 'Write fallback.'],
  ])('says where they belong: %o', async (options, suggestion) => {
    expect(await ofExecute(options)).toEqual([[`options.${Object.keys(options)[0]}`, suggestion]]);
  });

  it('says what to write instead of values that are not allowed', async () => {
    expect(await ofExecute({ deadlineMs: '30s' })).toEqual([['options.deadlineMs', 'Did you mean 30000?']]);
    expect(await ofExecute(5_000)).toEqual([['options', 'Write options, such as { deadlineMs: 60000 }.']]);
    expect(await ofExecute({ settings: { retry: true } })).toEqual([
      ['options.settings.retry', 'Write settings, such as { maxAttempts: 3 }, or false for no retries.'],
    ]);
  });
});

describe('execute, given arguments in another order', () => {
  const ORDER = 'Write the name of the operation first, then the function, then options.';

  it.each<[string, readonly unknown[]]>([
    ['the function before the name', [fn, 'chat']],
    ['the function alone', [fn]],
    ['the options before the function', ['chat', { key: 'a' }, fn]],
  ])('says how they are ordered: %s', async (_, given) => {
    expect(await ofCall(...given)).toEqual([['fn', ORDER]]);
    const { wrap, inspect } = untyped(createResilience());
    expect(hintsIn(thrownBy(() => wrap(...given)))).toEqual([['fn', ORDER]]);
    expect(await inspect(...given)).toMatchObject({ ok: false, error: { issues: [{ suggestion: ORDER }] } });
  });

  it('says that a promise comes too late', async () => {
    const suggestion = 'Write a function that makes the promise, such as () => ask(): each attempt calls it.';
    expect(await ofCall('chat', Promise.resolve(1))).toEqual([['fn', suggestion]]);
    expect(await ofRetry(Promise.resolve(1))).toEqual([['fn', suggestion]]);
  });

  it('suggests nothing where no function is given at all', async () => {
    expect(await ofCall('chat')).toEqual([['fn', undefined]]);
    expect(await ofCall('chat', 'ask')).toEqual([['fn', undefined]]);
  });
});

describe('configure, given its change in another place', () => {
  it('says where it belongs', () => {
    const resilience = createResilience();
    const configure = (...given: readonly unknown[]) =>
      hintsIn(thrownBy(() => Reflect.apply(resilience.configure, resilience, given)));
    expect(configure({}, { defaults: { deadlineMs: 60_000 } })).toEqual([
      ['options.defaults', 'Write it in the first argument, the change.'],
    ]);
    expect(configure({ config: { defaults: { deadlineMs: 60_000 } } })).toEqual([
      ['change.config', "Write what it holds without 'config' around it."],
    ]);
    expect(configure({ deadlineMs: 60_000 })).toEqual([['change.deadlineMs', 'Write defaults.deadlineMs.']]);
  });
});

describe('retry(), given the names of other libraries', () => {
  it.each<[object, string]>([
    [{ retries: 3 }, 'Write maxAttempts, which counts the first attempt too.'],
    [{ minTimeout: 1_000 }, 'Write minDelayMs.'],
    [{ timeout: 1_000 }, 'Write deadlineMs for the whole call, or attemptTimeoutMs for one attempt.'],
    [{ onFailedAttempt: fn }, 'Write onRetry.'],
    [{ retry: { maxAttempts: 3 } }, 'Write its settings beside the other options.'],
    [{ breaker: {} }, 'retry() has no breaker: createResilience has one.'],
    [{ fallback: fn }, 'Catch the error of retry().'],
  ])('says what they are called: %o', async (options, suggestion) => {
    expect(await ofRetry(fn, options)).toEqual([[`options.${Object.keys(options)[0]}`, suggestion]]);
  });

  it('says how arguments are ordered, and what to write instead of wrong values', async () => {
    expect(await ofRetry({ maxAttempts: 3 }, fn)).toEqual([['fn', 'Write the function first, then options.']]);
    expect(await ofRetry(fn, 3)).toEqual([['options', 'Write options, such as { maxAttempts: 3 }.']]);
    expect(await ofRetry(fn, { deadlineMs: '30s' })).toEqual([['options.deadlineMs', 'Did you mean 30000?']]);
  });
});

describe('CircuitBreaker, given the names of other libraries', () => {
  it.each<[object, string]>([
    [{ errorThresholdPercentage: 50 }, 'Write trip.failureRate as a share: 50 % is 0.5.'],
    [{ resetTimeout: 30_000 }, 'Write openMs.'],
    [{ halfOpenAfter: 10_000 }, 'Write openMs.'],
    [{ openMs: '30s' }, 'Did you mean 30000?'],
    [{ consecutiveFailures: 5 }, 'Write trip.consecutiveFailures.'],
    [{ errorFilter: fn }, 'Write isFailure, which returns true for errors that count.'],
    [{ timeout: 3_000 }, 'A breaker sets no time limits: createResilience has deadlineMs and attemptTimeoutMs.'],
    [{ fallback: fn }, 'Catch the error of execute().'],
  ])('says what they are called: %o', (options, suggestion) => {
    expect(ofBreaker(options)).toEqual([[`options.${Object.keys(options)[0]}`, suggestion]]);
  });

  it('says that the function belongs to execute()', () => {
    const suggestion = 'Write options, such as { openMs: 60000 }, and pass the function to execute().';
    expect(ofBreaker(fn)).toEqual([['options', suggestion]]);
  });
});
