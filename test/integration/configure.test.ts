import { type ConfigInput, ConfigurationError, type HoldfastEvent } from 'holdfast';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issuesIn, thrownBy } from '../support/calls.js';
import { configured } from '../support/configs.js';

const down = () => {
  throw Object.assign(new Error('down'), { status: 503 });
};

describe('configure()', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('returns every setting that changes, with both values and their layers', () => {
    const resilience = configured({ preset: 'simple', operations: { chat: { deadlineMs: 5_000 } } });
    const change = resilience.configure(
      { operations: { chat: { deadlineMs: 6_000 } } },
      { actor: 'me', reason: 'slow' },
    );
    expect(change).toEqual({
      applied: true,
      at: Date.now(),
      layer: 'runtime',
      actor: 'me',
      reason: 'slow',
      preset: { from: 'simple', to: 'simple' },
      changes: [
        {
          operation: 'chat',
          path: 'deadlineMs',
          from: { value: 5_000, layer: 'code' },
          to: { value: 6_000, layer: 'runtime' },
        },
      ],
    });
    expect(resilience.operation('chat').settings.deadlineMs).toBe(6_000);
  });

  it('adds to what it has set before, and replaces a file by a later file', () => {
    const resilience = configured({ preset: 'none' });
    resilience.configure({ defaults: { deadlineMs: 1_000 } });
    resilience.configure({ defaults: { attemptTimeoutMs: 500 } });
    resilience.configure({ defaults: { quota: false } }, { layer: 'file' });
    resilience.configure({ defaults: { retry: false } }, { layer: 'file' });
    expect(resilience.operation('chat').settings).toMatchObject({
      deadlineMs: 1_000,
      attemptTimeoutMs: 500,
      retry: false,
    });
    expect(resilience.operation('chat').settings.quota).not.toBe(false);
  });

  it('removes what it has set before if replace is true', () => {
    const resilience = configured({ preset: 'simple', operations: { chat: { deadlineMs: 5_000 } } });
    const before = resilience.config('chat');
    resilience.configure({ preset: 'production', operations: { chat: { deadlineMs: 1_000, retry: false } } });
    resilience.configure({ operations: { talk: { alias: 'chat' } } });
    const wouldBe = resilience.configure({}, { replace: true, dryRun: true });
    expect(wouldBe.changes).toContainEqual({
      operation: 'chat',
      path: 'deadlineMs',
      from: { value: 1_000, layer: 'runtime' },
      to: { value: 5_000, layer: 'code' },
    });
    expect(resilience.configure({}, { replace: true })).toEqual({ ...wouldBe, applied: true });
    expect(resilience.config('chat')).toEqual(before);
    expect(resilience.config('talk').operation).toBe('talk');
  });

  it('merges a change over a file if replace is false', () => {
    const resilience = configured({ preset: 'none' });
    resilience.configure({ defaults: { quota: false } }, { layer: 'file' });
    resilience.configure({ defaults: { retry: false } }, { layer: 'file', replace: false });
    expect(resilience.operation('chat').settings).toMatchObject({ quota: false, retry: false });
  });

  it('keeps what it has set before if the replacement is invalid', () => {
    const resilience = configured({ preset: 'simple' });
    resilience.configure({ defaults: { deadlineMs: 1_000 } });
    const before = resilience.config();
    const change = { defaults: { deadlineMs: -1 } };
    expect(issuesIn(thrownBy(() => resilience.configure(change, { replace: true })))).toHaveLength(1);
    expect(resilience.config()).toEqual(before);
  });

  it('changes the settings of the preset that no other layer sets', () => {
    const resilience = configured({ preset: 'simple', defaults: { retry: { maxAttempts: 9 } } });
    const { preset, changes } = resilience.configure({ preset: 'production' });
    expect(preset).toEqual({ from: 'simple', to: 'production' });
    expect(changes.map(({ path }) => path)).toContain('breaker.openMs');
    expect(changes.map(({ path }) => path)).not.toContain('retry.maxAttempts');
  });

  it('returns the layer that an alias comes from', () => {
    const resilience = configured({ preset: 'none' });
    const aliases = (change: ConfigInput) =>
      resilience
        .configure(change)
        .changes.filter(({ operation, path }) => operation === 'answer_question' && path === 'alias')
        .map(({ from, to }) => ({ from, to }));
    const ofPreset = { value: 'qa', layer: 'preset', name: 'simple' };
    expect(aliases({ preset: 'simple' })).toEqual([{ from: undefined, to: ofPreset }]);
    const own = { value: 'chat', layer: 'runtime' };
    expect(aliases({ operations: { answer_question: { alias: 'chat' } } })).toEqual([{ from: ofPreset, to: own }]);
  });

  it('returns one change for an alias that becomes an operation', () => {
    const resilience = configured({ preset: 'simple' });
    const { changes } = resilience.configure({ operations: { summarize_text: { deadlineMs: 9 } } });
    expect(changes.map(({ operation, path, to }) => [operation, path, to?.value])).toEqual([
      ['summarize_text', 'alias', undefined],
      ['summarize_text', 'deadlineMs', 9],
    ]);
    expect(resilience.config('summarize_text').settings).not.toHaveProperty('alias');
  });

  it('refuses a preset that makes an operation in use an alias, unless the config names the operation', async () => {
    const resilience = configured({ preset: 'none' });
    await resilience.execute('answer_question', () => 1);
    const issues = issuesIn(thrownBy(() => resilience.configure({ preset: 'production' })));
    expect(issues.map(({ path }) => path)).toEqual(['change.preset']);
    resilience.configure({ preset: 'production', operations: { answer_question: {} } });
    expect(resilience.operation('answer_question').name).toBe('answer_question');
  });

  it('changes nothing when reading the change closes everything', () => {
    const resilience = configured({});
    const before = resilience.config();
    const change: ConfigInput = {
      get defaults() {
        void resilience.close();
        return { deadlineMs: 5 };
      },
      operations: { chat: {} },
    };
    expect(thrownBy(() => resilience.configure(change))).toMatchObject({ code: 'HOLDFAST_CLOSED' });
    expect(resilience.config()).toEqual(before);
  });

  it('returns what would change and changes nothing in a dry run', () => {
    const resilience = configured({ preset: 'simple' });
    const before = resilience.config('chat');
    const { applied, changes } = resilience.configure({ defaults: { retry: false } }, { dryRun: true });
    expect({ applied, changed: changes.length > 0 }).toEqual({ applied: false, changed: true });
    expect(resilience.config('chat')).toEqual(before);
  });

  it('refuses an invalid change as a whole, emits config.refused, and leaves everything as it was', () => {
    const resilience = configured({ operations: { chat: { deadlineMs: 5_000 } } });
    const events: HoldfastEvent[] = [];
    resilience.on('*', (event) => events.push(event));
    const before = [resilience.config(), resilience.config('chat')];
    const bad = { defaults: { retry: { maxAttempts: 2, minDelayMs: -1 } }, operations: { chat: { strategy: 'x' } } };
    const issues = issuesIn(thrownBy(() => resilience.configure(bad, { actor: 'me', reason: 'slow' })));
    expect(issues.map(({ path }) => path)).toEqual([
      'change.defaults.retry.minDelayMs',
      'change.operations.chat.strategy',
    ]);
    expect([resilience.config(), resilience.config('chat')]).toEqual(before);
    expect(events).toMatchObject([{ type: 'config.refused', layer: 'runtime', actor: 'me', reason: 'slow', issues }]);
  });

  it('emits config.refused for a change that another copy of the package has refused', async () => {
    const resilience = configured({});
    const told = vi.fn();
    resilience.on('config.refused', told);
    vi.resetModules();
    const { configurationError } = await import('../../src/input/index.js');
    const error = configurationError('holdfast.yaml', 'must be YAML', 'x');
    expect(error).not.toBeInstanceOf(ConfigurationError);
    const change = () => {
      throw error;
    };
    expect(() => resilience.configure(change, { layer: 'file' })).toThrow(error);
    expect(told.mock.calls).toMatchObject([[{ layer: 'file', issues: [{ path: 'holdfast.yaml' }] }]]);
  });

  it('emits config.changed after a change', () => {
    const resilience = configured({});
    const told = vi.fn();
    resilience.on('config.changed', told);
    const change = resilience.configure({ defaults: { deadlineMs: 9 } });
    expect(told.mock.calls).toEqual([
      [{ type: 'config.changed', at: change.at, operation: undefined, key: undefined, change }],
    ]);
  });

  it.each([
    { options: { dryrun: true }, path: 'options.dryrun' },
    { options: { layer: 'code' }, path: 'options.layer' },
    { options: { actor: '' }, path: 'options.actor' },
    { options: { reason: 'x'.repeat(1_001) }, path: 'options.reason' },
    { options: 5, path: 'options' },
  ])('refuses the options $options', ({ options, path }) => {
    const configure: (change: ConfigInput, options: never) => unknown = configured({}).configure.bind(configured({}));
    // @ts-expect-error that is what is tried
    expect(issuesIn(thrownBy(() => configure({}, options)))[0]?.path).toBe(path);
  });

  it('is refused after close()', async () => {
    const resilience = configured({});
    await resilience.close();
    expect(thrownBy(() => resilience.configure({}))).toMatchObject({ code: 'HOLDFAST_CLOSED' });
    expect(resilience.config('chat').settings['deadlineMs']).toBeDefined();
  });

  it('lets calls under way end by their old settings', async () => {
    const resilience = configured({ preset: 'none', defaults: { deadlineMs: 1_000, attemptTimeoutMs: false } });
    const slow = () => new Promise<string>((resolve) => setTimeout(resolve, 900, 'done'));
    const begun = resilience.execute('chat', slow);
    resilience.configure({ defaults: { deadlineMs: 100 } });
    const after = resilience.inspect('chat', slow);
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(begun).resolves.toBe('done');
    expect(await after).toMatchObject({ ok: false, stopReason: 'deadline' });
  });

  it('keeps the state of breakers, and what they have counted', async () => {
    const trip = { consecutiveFailures: 3 };
    const resilience = configured({ preset: 'none', defaults: { retry: false, breaker: { trip } } });
    await resilience.inspect('chat', down);
    await resilience.inspect('chat', down);
    resilience.configure({ defaults: { breaker: { trip: { consecutiveFailures: 4 }, openMs: 5_000 } } });
    await resilience.inspect('chat', down);
    expect(resilience.breaker('chat').state).toBe('closed');
    await resilience.inspect('chat', down);
    expect(resilience.breaker('chat').state).toBe('open');
    resilience.configure({ defaults: { breaker: { openMs: 90_000 } } });
    expect(resilience.breaker('chat').state).toBe('open');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(resilience.breaker('chat').state).toBe('half_open');
    expect(resilience.stats('chat').calls).toBe(4);
  });

  it('lets fewer failures open a breaker that has seen as many already', async () => {
    const resilience = configured({ preset: 'none', defaults: { retry: false } });
    for (let call = 0; call < 4; call++) await resilience.inspect('chat', down);
    resilience.configure({ defaults: { breaker: { trip: { consecutiveFailures: 2 } } } });
    expect(resilience.breaker('chat').state).toBe('closed');
    await resilience.inspect('chat', down);
    expect(resilience.breaker('chat').state).toBe('open');
  });

  it('counts no earlier call as slow when slow calls begin to count', async () => {
    const resilience = configured({ preset: 'none', defaults: { retry: false } });
    await vi.advanceTimersByTimeAsync(60_000);
    const begun = Array.from({ length: 20 }, () =>
      resilience.execute('chat', () => new Promise<void>((resolve) => setTimeout(resolve, 5))),
    );
    resilience.configure({ defaults: { breaker: { trip: { slowCallMs: 1_000, minimumCalls: 5 } } } });
    await vi.advanceTimersByTimeAsync(5);
    await Promise.all(begun);
    expect(resilience.breaker('chat').state).toBe('closed');
  });

  it('switches a breaker off and on, which begins closed again', async () => {
    const resilience = configured({
      preset: 'none',
      defaults: { retry: false, breaker: { trip: { consecutiveFailures: 1 } } },
    });
    await resilience.inspect('chat', down);
    resilience.configure({ defaults: { breaker: false } });
    await expect(resilience.execute('chat', () => 'through')).resolves.toBe('through');
    expect(resilience.health().openBreakers).toEqual([]);
    resilience.configure({ defaults: { breaker: {} } });
    expect(resilience.breaker('chat').state).toBe('closed');
    await resilience.inspect('chat', down);
    expect(resilience.breaker('chat').state).toBe('open');
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the tokens of a budget', async () => {
    const budget = { ratio: 0, floorPerSecond: 0.001, burst: 3 };
    const retry = { maxAttempts: 10, minDelayMs: 0, maxDelayMs: 0, jitter: 'none', budget } as const;
    const resilience = configured({ preset: 'none', defaults: { retry, breaker: false } });
    const first = await resilience.inspect('chat', down);
    resilience.configure({ defaults: { retry: { budget: { burst: 9 } } } });
    const second = await resilience.inspect('chat', down);
    expect([first.attempts.length, second.attempts.length]).toEqual([4, 1]);
  });

  it('refills a budget by the old settings until the change, and by the new ones after it', async () => {
    const budget = { ratio: 0, floorPerSecond: 0.001, burst: 3 };
    const retry = { maxAttempts: 10, minDelayMs: 0, maxDelayMs: 0, jitter: 'none', budget } as const;
    const resilience = configured({ preset: 'none', defaults: { retry, breaker: false } });
    await resilience.inspect('chat', down);
    await vi.advanceTimersByTimeAsync(60_000);
    resilience.configure({ defaults: { retry: { budget: { floorPerSecond: 1 } } } });
    expect((await resilience.inspect('chat', down)).attempts).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_000);
    resilience.configure({ defaults: { retry: { budget: { floorPerSecond: 0.001 } } } });
    expect((await resilience.inspect('chat', down)).attempts).toHaveLength(3);
  });

  it('drops a budget that is switched off', async () => {
    const budget = { ratio: 0, floorPerSecond: 0.001, burst: 1 };
    const retry = { maxAttempts: 3, minDelayMs: 0, maxDelayMs: 0, jitter: 'none', budget } as const;
    const resilience = configured({ preset: 'none', defaults: { retry, breaker: false } });
    await resilience.inspect('chat', down);
    expect(resilience.health().spentBudgets).toEqual(['chat']);
    resilience.configure({ defaults: { retry: { budget: false } } });
    expect(resilience.health().spentBudgets).toEqual([]);
    expect((await resilience.inspect('chat', down)).attempts).toHaveLength(3);
  });

  it('applies to a nested call that begins after it', async () => {
    const resilience = configured({ preset: 'none' });
    const left = await resilience.execute('outer', () => {
      resilience.configure({ operations: { inner: { deadlineMs: 50 } } });
      return resilience.execute('inner', (call) => call.remainingMs());
    });
    expect(left).toBe(50);
  });
});

it('10,000 calls in flight during 200 changes of the configuration each end by the settings that they began with', async () => {
  const settingsOf = (version: number) => ({
    deadlineMs: version % 3 === 0 ? 50 : 100_000,
    retry: {
      maxAttempts: 1 + (version % 4),
      minDelayMs: 1,
      maxDelayMs: 3,
      kinds: { server_error: version % 10 !== 0 },
      budget: false as const,
    },
    quota: version % 2 === 0 ? (false as const) : {},
    breaker: version % 7 === 0 ? (false as const) : { mode: 'observe' as const },
  });
  /** How a call ends by the settings of a version. Nothing answers before the short deadlines are over. */
  const expected = (version: number, failures: number) => {
    const { deadlineMs, retry } = settingsOf(version);
    if (deadlineMs === 50) return 'deadline';
    if (failures > 0 && !retry.kinds.server_error) return 'not_retryable';
    return failures < retry.maxAttempts ? 'success' : 'attempts_exhausted';
  };
  const resilience = configured({ preset: 'none', defaults: settingsOf(0) });
  let inFlight = 0;
  let open: () => void = () => expect.fail('it is not there yet');
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const calls = Array.from({ length: 10_000 }, async (_, number) => {
    const [version, failures] = [Math.floor(number / 100), number % 5];
    if (number % 100 === 0) resilience.configure({ defaults: settingsOf(version) });
    inFlight += 1;
    const work = async ({ attempt }: { readonly attempt: number }) => {
      await gate;
      if (attempt <= failures) throw Object.assign(new Error('down'), { status: 500 });
    };
    const { stopReason } = await resilience.inspect(`operation-${number % 3}`, work, { key: `key-${number % 5}` });
    inFlight -= 1;
    return { number, stopReason, explained: expected(version, failures) };
  });
  expect(inFlight).toBe(10_000);
  await Promise.all(calls.filter((_, number) => expected(Math.floor(number / 100), number % 5) === 'deadline'));
  open();
  for (let change = 0; change < 100; change++) {
    resilience.configure({ defaults: settingsOf(change * 3 + 1) });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ended = await Promise.all(calls);
  expect(ended.filter(({ stopReason, explained }) => stopReason !== explained)).toEqual([]);
  expect([...new Set(ended.map(({ stopReason }) => stopReason))].sort()).toEqual([
    'attempts_exhausted',
    'deadline',
    'not_retryable',
    'success',
  ]);
  expect(resilience.stats().calls).toBe(10_000);
});
