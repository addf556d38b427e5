import { ConfigurationError, createResilience, HoldfastError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { SETTINGS } from '../../src/config/settings.js';
import { errorOf, issuesIn, recorded, thrownBy, untyped } from '../support/calls.js';
import { useFakeTime } from '../support/time.js';
import { listSettings, listUndefined } from '../support/wrong-values.js';

useFakeTime();

/** What `createResilience` says to options of any kind. */
function refusal(options: unknown): unknown {
  return thrownBy(() => Reflect.apply(createResilience, undefined, [options]));
}

const DURATION = 'must be a number from 1 to 2147483647';
const NAME = 'must be a string of 1 to 256 characters without control characters';

const SETTINGS_LIST = listSettings(SETTINGS);

describe('a config', () => {
  it.each(SETTINGS_LIST)('is refused for every wrong value of $path', ({ path, allowed, wrong, holding }) => {
    for (const { value, received } of wrong) {
      const settings = holding(value);
      const [inDefaults] = issuesIn(refusal({ config: { defaults: settings } }));
      expect(inDefaults).toMatchObject({ path: `config.defaults.${path}`, message: allowed, received });
      const [inOperation] = issuesIn(refusal({ config: { operations: { chat: settings } } }));
      expect(inOperation).toMatchObject({ path: `config.operations.chat.${path}`, message: allowed, received });
    }
  });
});

/** Breakers, permits, rates, a learned delay and a budget are shared by all calls, so that one call cannot set them. */
const OF_ONE_CALL = SETTINGS_LIST.filter(
  ({ path }) => !/^(breaker|concurrency|pacing|hedge\.quantile|retry\.budget)/.test(path),
);

describe('the settings of one call', () => {
  it.each(OF_ONE_CALL)('are refused for every wrong value of $path', async ({ path, allowed, wrong, holding }) => {
    const resilience = createResilience();
    const work = vi.fn();
    for (const { value, received } of wrong) {
      const error = await errorOf(untyped(resilience).execute('chat', work, { settings: holding(value) }));
      const issue = { path: `options.settings.${path}`, message: allowed, received };
      expect(issuesIn(error)).toEqual([expect.objectContaining(issue)]);
    }
    expect(work).not.toHaveBeenCalled();
    expect(resilience.health().operations).toBe(0);
  });
});

const DEADLINES = SETTINGS_LIST.filter(({ path }) => path === 'deadlineMs');

describe('options.deadlineMs of one call', () => {
  it.each(DEADLINES)('refuses every wrong value', async ({ wrong, allowed }) => {
    const resilience = createResilience();
    await resilience.execute('known', () => 1);
    const work = vi.fn();
    for (const { value, received } of wrong) {
      for (const operation of ['known', 'new']) {
        const error = await errorOf(untyped(resilience).execute(operation, work, { deadlineMs: value }));
        const issue = { path: 'options.deadlineMs', message: allowed, received };
        expect(issuesIn(error)).toEqual([expect.objectContaining(issue)]);
      }
    }
    expect(work).not.toHaveBeenCalled();
    expect(resilience.health().operations).toBe(1);
    expect(resilience.stats('known').calls).toBe(1);
  });

  it('names false as the way to disable it when it is 0 or Infinity', async () => {
    const { execute } = untyped(createResilience());
    for (const deadlineMs of [0, Infinity]) {
      const [issue] = issuesIn(await errorOf(execute('chat', () => 1, { deadlineMs })));
      expect(issue?.suggestion).toMatch(/false/);
    }
  });
});

const NO_NAMES: readonly { value: unknown; received: string }[] = [
  { value: '', received: 'the string ""' },
  { value: 'a\nb', received: String.raw`the string "a\nb"` },
  { value: 'x'.repeat(257), received: `the string "${'x'.repeat(59)}…"` },
  { value: 7, received: '7' },
  { value: null, received: 'null' },
  { value: Symbol('chat'), received: 'Symbol(chat)' },
  { value: {}, received: 'an object' },
  { value: ['chat'], received: 'an array' },
  { value: () => 'chat', received: 'a function' },
];

describe('the name of an operation', () => {
  it.each([...NO_NAMES, { value: undefined, received: 'undefined' }])(
    'may not be $received',
    async ({ value, received }) => {
      const resilience = createResilience();
      const doors = untyped(resilience);
      const work = vi.fn();
      const expected = [{ path: 'operation', message: NAME, received }];
      expect(issuesIn(await errorOf(doors.execute(value, work)))).toEqual(expected);
      expect(issuesIn(thrownBy(() => doors.operation(value)))).toEqual(expected);
      expect(issuesIn(thrownBy(() => doors.wrap(value, work)))).toEqual(expected);
      expect(await doors.inspect(value, work)).toMatchObject({ ok: false, error: { issues: expected } });
      expect(work).not.toHaveBeenCalled();
      expect(resilience.health()).toMatchObject({ operations: 0, breakers: 0 });
      expect(resilience.stats().calls).toBe(0);
    },
  );

  it.each(NO_NAMES)('is refused by every method for a known operation when it is $received', ({ value, received }) => {
    const doors = untyped(createResilience());
    const expected = [{ path: 'operation', message: 'must be a known operation, and there are none yet', received }];
    expect(issuesIn(thrownBy(() => doors.stats(value)))).toEqual(expected);
    expect(issuesIn(thrownBy(() => doors.resetStats(value)))).toEqual(expected);
    expect(issuesIn(thrownBy(() => doors.breaker(value)))).toEqual(expected);
  });

  it.each(['chat', 'Chat 2', 'ünïcode', '💬', '__proto__', 'constructor', 'toString', ' ', 'x'.repeat(256)])(
    'may be %j',
    async (name) => {
      const config = { operations: Object.fromEntries([[name, { deadlineMs: 77 }]]) };
      const resilience = createResilience({ config });
      expect(await resilience.execute(name, (call) => call.operation)).toBe(name);
      expect(resilience.operation(name).settings.deadlineMs).toBe(77);
      expect(resilience.operation('another').settings.deadlineMs).toBe(120_000);
      expect(resilience.stats(name).successes).toBe(1);
    },
  );

  it('that is unknown is refused by every method for a known operation, and stays unknown', () => {
    const resilience = createResilience({ config: { operations: { chat: {}, embed: {} } } });
    const expected = [
      {
        path: 'operation',
        message: 'must be one of chat, embed',
        received: 'the string "chatt"',
        suggestion: "Did you mean 'chat'?",
      },
    ];
    expect(issuesIn(thrownBy(() => resilience.stats('chatt')))).toEqual(expected);
    expect(issuesIn(thrownBy(() => resilience.resetStats('chatt')))).toEqual(expected);
    expect(issuesIn(thrownBy(() => resilience.breaker('chatt')))).toEqual(expected);
    expect(issuesIn(thrownBy(() => resilience.stats('translate')))[0]).not.toHaveProperty('suggestion');
    expect(resilience.health().operations).toBe(2);
  });

  it('that is unknown is refused with the first ten names that are known', () => {
    const operations = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`operation-${index}`, {}]));
    const [issue] = issuesIn(thrownBy(() => createResilience({ config: { operations } }).stats('x')));
    expect(issue?.message).toMatch(/^must be one of operation-0, .*operation-9, …$/);
  });
});

describe('a key', () => {
  it.each(NO_NAMES)('may not be $received', async ({ value, received }) => {
    const resilience = createResilience();
    resilience.operation('chat');
    const doors = untyped(resilience);
    const work = vi.fn();
    const error = await errorOf(doors.execute('chat', work, { key: value }));
    expect(issuesIn(error)).toEqual([{ path: 'options.key', message: NAME, received }]);
    const expected = [{ path: 'key', message: NAME, received }];
    expect(issuesIn(thrownBy(() => doors.breaker('chat', value)))).toEqual(expected);
    expect(work).not.toHaveBeenCalled();
    expect(resilience.health().breakers).toBe(0);
  });
});

describe('options of a call', () => {
  it.each([null, 5, 'chat', [], () => ({}), new Map(), new Date()])('are refused when they are %o', async (options) => {
    const resilience = createResilience();
    const [issue, ...more] = issuesIn(await errorOf(untyped(resilience).execute('chat', () => 1, options)));
    expect(issue).toMatchObject({ path: 'options', message: 'must be a plain object' });
    expect(more).toEqual([]);
    expect(resilience.health().operations).toBe(0);
  });

  it('that are unknown are refused, with the name that was probably meant', async () => {
    const error = await errorOf(
      untyped(createResilience()).execute('chat', () => 1, { deadlineMS: 5_000, colour: 'red' }),
    );
    const known =
      'is unknown; expected one of key, signal, deadlineMs, idempotent, replayable, settings, strategy, priority, estimate, parent, targets, order, whenNoneAvailable, targetWaitMs, sticky, fallback, cache, context';
    expect(issuesIn(error)).toEqual([
      { path: 'options.deadlineMS', message: known, received: '5000', suggestion: "Did you mean 'deadlineMs'?" },
      { path: 'options.colour', message: known, received: 'the string "red"' },
    ]);
  });

  it.each([null, 5, {}, { aborted: false }, new AbortController()])(
    'are refused for a signal that is %o',
    async (signal) => {
      const error = await errorOf(untyped(createResilience()).execute('chat', () => 1, { signal }));
      expect(issuesIn(error)).toMatchObject([{ path: 'options.signal', message: 'must be an AbortSignal' }]);
    },
  );

  it('are refused for a signal that throws when it is read', async () => {
    const signal = {
      get aborted(): boolean {
        throw new Error('do not look');
      },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    };
    const error = await errorOf(untyped(createResilience()).execute('chat', () => 1, { signal }));
    expect(issuesIn(error)).toMatchObject([{ path: 'options.signal' }]);
  });

  it('may have a signal of another implementation', async () => {
    const listeners = new Set<() => void>();
    const reason = new Error('the user left');
    const signal = {
      aborted: false,
      reason,
      addEventListener: (_: string, listener: () => void) => listeners.add(listener),
      removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
    };
    const ended = errorOf(untyped(createResilience()).execute('chat', () => new Promise(() => undefined), { signal }));
    expect(listeners.size).toBe(1);
    for (const listener of listeners) listener();
    expect(await ended).toBe(reason);
  });

  it.each([null, 5, 'x', [], {}, { remainingMs: () => 5 }, { signal: new AbortController().signal }])(
    'are refused for a parent that is not a call: %o',
    async (parent) => {
      const work = vi.fn();
      const error = await errorOf(untyped(createResilience()).execute('chat', work, { parent }));
      expect(issuesIn(error)).toMatchObject([
        { path: 'options.parent', message: 'must be the call that the surrounding function received, or false' },
      ]);
      expect(work).not.toHaveBeenCalled();
    },
  );

  it('may have the call of the surrounding function as their parent', async () => {
    const resilience = createResilience();
    const nested = resilience.execute('outer', (parent) => resilience.execute('inner', () => 'fine', { parent }));
    expect(await nested).toBe('fine');
  });

  it.each([null, 5, 'x', ['x']])('are refused for a context that is %o', async (context) => {
    const error = await errorOf(untyped(createResilience()).execute('chat', () => 1, { context }));
    expect(issuesIn(error)).toMatchObject([{ path: 'options.context', message: 'must be a plain object' }]);
  });

  it.each([null, 5, 'x', ['x']])('are refused once for settings that are %o', async (settings) => {
    const error = await errorOf(untyped(createResilience()).execute('chat', () => 1, { settings }));
    expect(issuesIn(error)).toMatchObject([{ path: 'options.settings', message: 'must be a plain object' }]);
  });

  it('may not contain settings of a breaker', async () => {
    const resilience = createResilience();
    const error = await errorOf(untyped(resilience).execute('chat', () => 1, { settings: { breaker: { openMs: 5 } } }));
    expect(issuesIn(error)).toEqual([
      {
        path: 'options.settings.breaker',
        message: 'must be false or absent: it is shared by all calls of the operation',
        received: 'an object',
        suggestion: 'Set it in config.operations.',
      },
    ]);
    expect(resilience.health().operations).toBe(0);
  });

  it('may not contain settings of a retry budget, but may disable it', async () => {
    const resilience = createResilience();
    const error = await errorOf(
      untyped(resilience).execute('chat', () => 1, { settings: { retry: { budget: { ratio: 1 } } } }),
    );
    expect(issuesIn(error)).toMatchObject([{ path: 'options.settings.retry.budget', received: 'an object' }]);
    const settings = { retry: { budget: false } } as const;
    expect(await resilience.execute('chat', () => 1, { settings })).toBe(1);
  });

  it.each(['idempotent', 'replayable'])('are refused for %s that is not a boolean', async (name) => {
    for (const value of [null, 0, 'no', {}]) {
      const error = await errorOf(untyped(createResilience()).execute('chat', () => 1, { [name]: value }));
      expect(issuesIn(error)).toMatchObject([{ path: `options.${name}`, message: 'must be true or false' }]);
    }
  });

  it('are checked together, and adjusted where they contradict those of the operation', async () => {
    const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 100 } } } });
    await resilience.execute('roomy', () => 1, { settings: { retry: { maxDelayMs: 50 } } });
    const settings = { retry: { maxDelayMs: 50, minDelayMs: 51 } };
    const error = await errorOf(resilience.execute('chat', () => 1, { settings }));
    expect(issuesIn(error)).toMatchObject([{ path: 'options.settings.retry.maxDelayMs', received: '50' }]);
    expect(resilience.stats('chat').calls).toBe(0);
  });

  it('are refused with all names at once when several are wrong', async () => {
    const options = { key: '', signal: 1, deadlineMs: 0, context: 1, settings: { deadlineMs: -1, breaker: true } };
    const error = await errorOf(untyped(createResilience()).execute('chat', () => 1, options));
    const paths = issuesIn(error).map(({ path }) => path);
    expect(new Set(paths)).toEqual(
      new Set([
        'options.key',
        'options.signal',
        'options.deadlineMs',
        'options.context',
        'options.settings.deadlineMs',
        'options.settings.breaker',
      ]),
    );
  });

  it('are refused when their getters throw', async () => {
    const trap = {
      get deadlineMs(): number {
        throw new Error('do not look');
      },
    };
    const { execute } = untyped(createResilience());
    const message = 'must be readable, but one of its getters throws';
    expect(issuesIn(await errorOf(execute('chat', () => 1, trap)))).toMatchObject([{ path: 'options', message }]);
    const nested = issuesIn(await errorOf(execute('chat', () => 1, { settings: trap })));
    expect(nested).toMatchObject([{ path: 'options.settings', message }]);
    expect(issuesIn(refusal({ config: { defaults: trap } }))).toMatchObject([{ path: 'config.defaults', message }]);
  });

  it('are read once, so that what is checked is what is used', async () => {
    let reads = 0;
    const options = {
      get deadlineMs(): number {
        reads += 1;
        return reads === 1 ? 50 : -1;
      },
    };
    expect(await createResilience().execute('chat', (call) => call.remainingMs(), options)).toBe(50);
    expect(reads).toBe(1);
  });

  it('count as absent when they are undefined', async () => {
    const options = {
      key: undefined,
      signal: undefined,
      deadlineMs: undefined,
      idempotent: undefined,
      replayable: undefined,
      settings: undefined,
      context: undefined,
    };
    expect(await createResilience().execute('chat', (call) => call.key, options)).toBeUndefined();
    const settings = listUndefined(SETTINGS);
    expect(await createResilience().execute('chat', (call) => call.remainingMs() > 1_000, { settings })).toBe(true);
  });

  it('are refused without a trace: nothing is counted, no event is emitted, no function is called', async () => {
    const resilience = createResilience();
    await resilience.execute('chat', () => 1);
    const before = resilience.stats('chat');
    const events = recorded(resilience);
    const work = vi.fn();
    const doors = untyped(resilience);
    await errorOf(doors.execute('chat', work, { deadlineMs: 0 }));
    await errorOf(doors.execute('chat', work, { key: 'new', deadlineMs: 0 }));
    await errorOf(doors.execute('new', work, { deadlineMs: 0 }));
    expect(work).not.toHaveBeenCalled();
    expect(events).toEqual([]);
    expect(resilience.stats('chat')).toEqual(before);
    expect(resilience.health()).toMatchObject({ operations: 1, breakers: 1 });
    await resilience.close();
  });

  it('are refused by wrap() at once, not by the call', () => {
    const resilience = createResilience();
    const doors = untyped(resilience);
    expect(issuesIn(thrownBy(() => doors.wrap('chat', () => 1, { deadlineMs: 0 })))).toHaveLength(1);
    expect(issuesIn(thrownBy(() => doors.wrap('chat', 'work')))).toMatchObject([{ path: 'fn' }]);
    expect(resilience.health().operations).toBe(0);
    resilience.operation('chat');
    expect(issuesIn(thrownBy(() => resilience.operation('chat').wrap(() => 1, { deadlineMs: -1 })))).toHaveLength(1);
  });
});

describe('options of createResilience()', () => {
  it.each([null, 5, 'x', [], new Map()])('are refused when they are %o', (options) => {
    expect(issuesIn(refusal(options))).toMatchObject([{ path: 'options', message: 'must be a plain object' }]);
  });

  it('that are unknown are refused, with the name that was probably meant', () => {
    expect(issuesIn(refusal({ confg: {}, contxt: 5 }))).toEqual([
      {
        path: 'options.confg',
        message:
          'is unknown; expected one of preset, config, environment, presets, strategies, targets, classify, fallbacks, random, context, usage, unknownOperations, asyncContext',
        received: 'an object',
        suggestion: "Did you mean 'config'?",
      },
      {
        path: 'options.contxt',
        message:
          'is unknown; expected one of preset, config, environment, presets, strategies, targets, classify, fallbacks, random, context, usage, unknownOperations, asyncContext',
        received: '5',
        suggestion: "Did you mean 'context'?",
      },
    ]);
  });

  it.each(['random', 'context'])('are refused for %s that is not a function', (name) => {
    for (const value of [null, 5, {}, 'x']) {
      expect(issuesIn(refusal({ [name]: value }))).toMatchObject([
        { path: `options.${name}`, message: 'must be a function' },
      ]);
    }
  });

  it('are refused for a config whose parts are of another type', () => {
    expect(issuesIn(refusal({ config: null }))).toMatchObject([{ path: 'config' }]);
    expect(issuesIn(refusal({ config: [] }))).toMatchObject([{ path: 'config' }]);
    expect(issuesIn(refusal({ config: { defaults: null } }))).toMatchObject([{ path: 'config.defaults' }]);
    expect(issuesIn(refusal({ config: { operations: ['chat'] } }))).toMatchObject([{ path: 'config.operations' }]);
    expect(issuesIn(refusal({ config: { operations: { chat: 5 } } }))).toMatchObject([
      { path: 'config.operations.chat' },
    ]);
    expect(issuesIn(refusal({ config: { operations: { '': {} } } }))).toMatchObject([{ path: 'config.operations' }]);
  });

  it.each([
    { config: { default: {} }, path: 'config.default', suggestion: "Did you mean 'defaults'?" },
    { config: { operation: {} }, path: 'config.operation', suggestion: "Did you mean 'operations'?" },
    { config: { defaults: { colour: 5 } }, path: 'config.defaults.colour', suggestion: undefined },
    {
      config: { defaults: { deadline: 5_000 } },
      path: 'config.defaults.deadline',
      suggestion: "Did you mean 'deadlineMs'?",
    },
    {
      config: { operations: { chat: { braker: false } } },
      path: 'config.operations.chat.braker',
      suggestion: "Did you mean 'breaker'?",
    },
    {
      config: { defaults: { breaker: { openMS: 5_000 } } },
      path: 'config.defaults.breaker.openMS',
      suggestion: "Did you mean 'openMs'?",
    },
    {
      config: { defaults: { breaker: { trip: { consecutiveFailure: 5 } } } },
      path: 'config.defaults.breaker.trip.consecutiveFailure',
      suggestion: "Did you mean 'consecutiveFailures'?",
    },
    {
      config: { defaults: { retry: { maxAttempt: 5 } } },
      path: 'config.defaults.retry.maxAttempt',
      suggestion: "Did you mean 'maxAttempts'?",
    },
    {
      config: { operations: { chat: { retry: { kinds: { overload: false } } } } },
      path: 'config.operations.chat.retry.kinds.overload',
      suggestion: "Did you mean 'overloaded'?",
    },
    {
      config: { defaults: { retry: { budget: { floorPerSec: 5 } } } },
      path: 'config.defaults.retry.budget.floorPerSec',
      suggestion: "Did you mean 'floorPerSecond'?",
    },
    {
      config: { defaults: { quota: { maxWait: 5 } } },
      path: 'config.defaults.quota.maxWait',
      suggestion: "Did you mean 'maxWaitMs'?",
    },
    {
      config: { defaults: { breaker: { mode: 'enforced' } } },
      path: 'config.defaults.breaker.mode',
      suggestion: "Did you mean 'enforce'?",
    },
  ])('are refused with what was probably meant: $path', ({ config, path, suggestion }) => {
    const issue = issuesIn(refusal({ config })).find((each) => each.path === path);
    expect(issue).toBeDefined();
    expect(issue?.suggestion).toBe(suggestion);
  });

  it('are refused with all names at once when several are wrong, in a message that says everything', () => {
    const error = refusal({
      config: { defaults: { deadlineMs: 'soon' }, operations: { chat: { attemptTimeoutMs: -5 } } },
    });
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toBeInstanceOf(HoldfastError);
    expect(ConfigurationError.is(error)).toBe(true);
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'HOLDFAST_CONFIGURATION' });
    expect(error).toHaveProperty(
      'message',
      [
        `config.defaults.deadlineMs: ${DURATION}, or false; received the string "soon". Write milliseconds: 120000 suits most calls.`,
        `config.operations.chat.attemptTimeoutMs: ${DURATION}, or false; received -5. Write milliseconds: 60000 suits most calls.`,
      ].join('\n'),
    );
  });

  it('can be behind a Proxy, as those of reactive stores are', async () => {
    const operations = new Proxy({ chat: new Proxy({ deadlineMs: 77 }, {}) }, {});
    const resilience = createResilience({ config: new Proxy({ operations }, {}) });
    expect(await resilience.execute('chat', (call) => call.remainingMs() <= 77)).toBe(true);
  });

  it('are refused by the name of openMaxMs when layers together make it shorter than openMs', () => {
    const config = {
      defaults: { breaker: { openMs: 5_000 } },
      operations: { chat: { breaker: { openMaxMs: 1_000 } } },
    };
    expect(issuesIn(refusal({ config }))).toMatchObject([
      { path: 'config.operations.chat.breaker.openMaxMs', received: '1000' },
    ]);
  });
});

describe('a listener of a Resilience', () => {
  it.each([undefined, null, 'listen', {}])('may not be %o', (listener) => {
    const { on } = untyped(createResilience());
    expect(issuesIn(thrownBy(() => on('*', listener)))).toMatchObject([
      { path: 'listener', message: 'must be a function' },
    ]);
  });

  it.each(['', 'call', 'call.start', 7, null, undefined])('may not subscribe to the type %o', (type) => {
    const { on } = untyped(createResilience());
    expect(issuesIn(thrownBy(() => on(type, () => undefined)))).toMatchObject([{ path: 'type' }]);
  });

  it('is refused with the type that was probably meant', () => {
    const { on } = untyped(createResilience());
    const [issue] = issuesIn(thrownBy(() => on('call.fail', () => undefined)));
    expect(issue?.suggestion).toBe("Did you mean 'call.failed'?");
  });
});
