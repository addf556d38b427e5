import { describe, expect, it, vi } from 'vitest';
import { breakerOpen } from '../../../src/errors/breaker-open-error.js';
import {
  AttemptTimeoutError,
  BreakerOpenError,
  ConfigurationError,
  DeadlineExceededError,
  HoldfastError,
  QuotaHeldError,
  ResilienceClosedError,
  StreamFailedError,
  StreamStalledError,
  StreamTruncatedError,
} from '../../../src/errors/index.js';
import { configurationError } from '../../../src/input/index.js';

/** The same module loaded once more, as a second copy of the package in one process would be. */
async function secondCopy() {
  vi.resetModules();
  return import('../../../src/errors/index.js');
}

const ALL = [
  {
    type: BreakerOpenError,
    error: new BreakerOpenError('chat', 'open', 5),
    name: 'BreakerOpenError',
    code: 'HOLDFAST_BREAKER_OPEN',
  },
  {
    type: QuotaHeldError,
    error: new QuotaHeldError('chat', undefined, 'rate_limited', 5),
    name: 'QuotaHeldError',
    code: 'HOLDFAST_QUOTA_HELD',
  },
  {
    type: DeadlineExceededError,
    error: new DeadlineExceededError('chat', 5),
    name: 'DeadlineExceededError',
    code: 'HOLDFAST_DEADLINE_EXCEEDED',
  },
  {
    type: AttemptTimeoutError,
    error: new AttemptTimeoutError('chat', 5),
    name: 'AttemptTimeoutError',
    code: 'HOLDFAST_ATTEMPT_TIMEOUT',
  },
  {
    type: StreamFailedError,
    error: new StreamFailedError({ type: 'overloaded_error' }, {}),
    name: 'StreamFailedError',
    code: 'HOLDFAST_STREAM_FAILED',
  },
  {
    type: StreamStalledError,
    error: new StreamStalledError('idle', 500, { operation: 'chat' }),
    name: 'StreamStalledError',
    code: 'HOLDFAST_STREAM_STALLED',
  },
  {
    type: StreamTruncatedError,
    error: new StreamTruncatedError('no_end', {}),
    name: 'StreamTruncatedError',
    code: 'HOLDFAST_STREAM_TRUNCATED',
  },
  {
    type: ResilienceClosedError,
    error: new ResilienceClosedError('this Resilience is closed'),
    name: 'ResilienceClosedError',
    code: 'HOLDFAST_CLOSED',
  },
  {
    type: ConfigurationError,
    error: configurationError('openMs', 'must be a number', 'x'),
    name: 'ConfigurationError',
    code: 'HOLDFAST_CONFIGURATION',
  },
];

describe.each(ALL)('$name', ({ type, error, name, code }) => {
  it('has its name, its code and its ancestors', () => {
    expect(error).toMatchObject({ name, code });
    expect(error).toBeInstanceOf(type);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe(`${name}: ${error.message}`);
  });

  it('is recognised by its own is() and by that of HoldfastError, and by no other', () => {
    expect(HoldfastError.is(error)).toBe(true);
    expect(ALL.filter((other) => other.type.is(error)).map((other) => other.name)).toEqual([name]);
  });

  it('is recognised by another copy of the package as well, where instanceof fails', async () => {
    const copies = await secondCopy();
    const others = [
      copies.BreakerOpenError,
      copies.QuotaHeldError,
      copies.DeadlineExceededError,
      copies.AttemptTimeoutError,
      copies.StreamFailedError,
      copies.StreamStalledError,
      copies.StreamTruncatedError,
      copies.ResilienceClosedError,
      copies.ConfigurationError,
    ];
    expect(error).not.toBeInstanceOf(copies.HoldfastError);
    expect(copies.HoldfastError.is(error)).toBe(true);
    expect(others.filter((other) => other.is(error)).map((other) => other.name)).toEqual([name]);
  });

  it('carries the registered symbol by which every copy and version of the package recognises it', () => {
    expect(Reflect.get(error, Symbol.for('holdfast.error'))).toBe(true);
  });

  it('does not show the value kept with it when it is logged as JSON', () => {
    HoldfastError.keep(error, { secret: 'prompt' });
    expect(JSON.stringify(error)).not.toContain('prompt');
  });
});

describe('a value that is no holdfast error', () => {
  const hostile = new Proxy(
    {},
    {
      has() {
        throw new Error('hands off');
      },
    },
  );

  it.each([
    { what: 'nothing', value: undefined },
    { what: 'null', value: null },
    { what: 'a string', value: 'HOLDFAST_CLOSED' },
    { what: 'another error', value: new Error('down') },
    { what: 'an object with one of our codes', value: { code: 'HOLDFAST_BREAKER_OPEN', name: 'BreakerOpenError' } },
    { what: 'a function', value: () => undefined },
    { what: 'a Proxy that throws', value: hostile },
  ])('is not taken for a holdfast error: $what', ({ value }) => {
    expect([HoldfastError, ...ALL.map(({ type }) => type)].some((type) => type.is(value))).toBe(false);
  });
});

describe('the value kept with an error', () => {
  it('is returned for a holdfast error', () => {
    const error = new ResilienceClosedError('this Resilience is closed');
    expect(HoldfastError.kept(error)).toBeUndefined();
    expect(HoldfastError.keep(error, 'first')).toBe(true);
    expect(HoldfastError.keep(error, 'second')).toBe(true);
    expect(HoldfastError.kept(error)).toBe('second');
  });

  it('is undefined for any other error', () => {
    const error = Object.freeze(new Error('down'));
    expect(HoldfastError.keep(error, 'first')).toBe(false);
    expect(HoldfastError.kept(error)).toBeUndefined();
  });

  it('is kept for a frozen holdfast error, too', () => {
    const error = Object.freeze(new ResilienceClosedError('this Resilience is closed'));
    expect(HoldfastError.keep(error, 'first')).toBe(true);
    expect(HoldfastError.kept(error)).toBe('first');
  });
});

describe('a BreakerOpenError', () => {
  it.each([
    { refusal: 'open' as const, retryAfterMs: 1500, message: "circuit breaker 'chat' is open; retry in 1500 ms" },
    { refusal: 'open' as const, retryAfterMs: 0.2, message: "circuit breaker 'chat' is open; retry in 1 ms" },
    { refusal: 'open' as const, retryAfterMs: 0, message: "circuit breaker 'chat' is open; retry in 0 ms" },
    { refusal: 'open' as const, retryAfterMs: undefined, message: "circuit breaker 'chat' is open; retry in 0 ms" },
    {
      refusal: 'trials_taken' as const,
      retryAfterMs: undefined,
      message: "circuit breaker 'chat' is half-open and all its trial calls are in progress",
    },
    {
      refusal: 'held_open' as const,
      retryAfterMs: undefined,
      message: "circuit breaker 'chat' is held open",
    },
  ])('says why the breaker rejects and for how long: $message', ({ refusal, retryAfterMs, message }) => {
    expect(new BreakerOpenError('chat', refusal, retryAfterMs)).toMatchObject({
      breaker: 'chat',
      refusal,
      retryAfterMs: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs),
      message,
    });
  });

  it('has a stack when it is constructed, and none when it is made for a rejection', () => {
    expect(new BreakerOpenError('chat', 'open', 5).stack).toContain('\n    at ');
    const made = breakerOpen('chat', 'open', 5);
    expect(made).toBeInstanceOf(BreakerOpenError);
    expect(made).toMatchObject({ breaker: 'chat', refusal: 'open', retryAfterMs: 5 });
    expect(made.stack).not.toContain('\n    at ');
  });
});

describe('a DeadlineExceededError', () => {
  it('names the operation and the limit', () => {
    expect(new DeadlineExceededError('chat', 120_000)).toMatchObject({
      operation: 'chat',
      deadlineMs: 120_000,
      message: "the call of 'chat' took longer than its deadline of 120000 ms",
    });
  });
});

describe('an AttemptTimeoutError', () => {
  it('names the operation and the limit', () => {
    expect(new AttemptTimeoutError('chat', 60_000)).toMatchObject({
      operation: 'chat',
      timeoutMs: 60_000,
      message: "an attempt of 'chat' took longer than its 60000 ms",
    });
  });
});

describe('a ResilienceClosedError', () => {
  it('names what is closed', () => {
    expect(new ResilienceClosedError('this Resilience is closed').message).toBe(
      'this Resilience is closed and accepts no more calls',
    );
  });
});

describe('a ConfigurationError', () => {
  it('has a line for each issue, with what was received and what was meant', () => {
    const error = new ConfigurationError([
      { path: 'openMs', message: 'must be a number', received: 'the string "5"', suggestion: 'Did you mean 5?' },
      { path: 'trials', message: 'must be a whole number', received: '1.5' },
    ]);
    expect(error.message).toBe(
      'openMs: must be a number; received the string "5". Did you mean 5?\n' +
        'trials: must be a whole number; received 1.5',
    );
    expect(error.issues).toHaveLength(2);
  });

  it('can be made for one argument', () => {
    expect(configurationError('fn', 'must be a function', undefined).issues).toEqual([
      { path: 'fn', message: 'must be a function', received: 'undefined' },
    ]);
    expect(configurationError('name', 'must be known', 'cht', "Did you mean 'chat'?").issues).toEqual([
      { path: 'name', message: 'must be known', received: 'the string "cht"', suggestion: "Did you mean 'chat'?" },
    ]);
  });
});

describe('a time limit that was exceeded', () => {
  it.each([
    { limitMs: 30, asked: true },
    { limitMs: 99, asked: true },
    { limitMs: 100, asked: false },
    { limitMs: 30_000, asked: false },
    // What was left of the deadline of a parent.
    { limitMs: 12.5, asked: false },
  ])('of $limitMs ms is asked about by its error: $asked', ({ limitMs, asked }) => {
    const errors = [new DeadlineExceededError('chat', limitMs), new AttemptTimeoutError('chat', limitMs)];
    for (const { message } of errors) expect(message.includes('looks like seconds')).toBe(asked);
  });
});
