import { type Call, createResilience, explain, type Resilience } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, issuesIn, never, untyped } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** A call as a function is given it, with its members as plain values. */
async function parentOf(resilience: Resilience): Promise<Call> {
  return resilience.execute('plan', (call) => ({
    id: call.id,
    operation: call.operation,
    key: call.key,
    target: call.target,
    attempt: call.attempt,
    signal: call.signal,
    context: call.context,
    remainingMs: () => call.remainingMs(),
    noRetry: () => call.noRetry(),
    settleUsage: (usage) => call.settleUsage(usage),
  }));
}

const QUICK = { retry: { minDelayMs: 100, jitter: 'none' as const } };

describe('a call that is made in another call', () => {
  it('has no more time than its parent has left', async () => {
    const resilience = createResilience({ config: { defaults: { attemptTimeoutMs: false } } });
    let remainingMs: number | undefined;
    const outer = resilience.execute(
      'plan',
      async (parent) => {
        await pass(40);
        return resilience.execute(
          'chat',
          (call) => {
            remainingMs = call.remainingMs();
            return never();
          },
          { parent },
        );
      },
      { deadlineMs: 60 },
    );
    const error = errorOf(outer);
    await pass(40);
    expect(remainingMs).toBe(20);
    await pass(20);
    expect(await error).toMatchObject({ name: 'DeadlineExceededError', operation: 'plan' });
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('names a whole number of milliseconds when its deadline comes from its parent', async () => {
    const resilience = createResilience({ config: { defaults: { retry: false } } });
    const parent = { ...(await parentOf(resilience)), remainingMs: () => 99.123_456_789 };
    const error = errorOf(resilience.execute('chat', never, { parent }));
    await pass(100);
    expect(await error).toMatchObject({ message: "the call of 'chat' took longer than its deadline of 100 ms" });
  });

  it('keeps its own deadline when that is the shorter one', async () => {
    const resilience = createResilience();
    const outer = resilience.execute('plan', (parent) =>
      resilience.execute('chat', (call) => call.remainingMs(), { parent, deadlineMs: 30 }),
    );
    expect(await outer).toBe(30);
  });

  it('has no deadline when neither it nor its parent has one', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: false } } });
    const outer = resilience.execute('plan', (parent) =>
      resilience.execute('chat', (call) => call.remainingMs(), { parent }),
    );
    expect(await outer).toBe(Infinity);
  });

  it('ends as cancelled when the caller of its parent aborts', async () => {
    const resilience = createResilience();
    const controller = new AbortController();
    const left = new Error('the user left');
    let inner: Promise<unknown> | undefined;
    const outer = resilience.execute(
      'plan',
      (parent) => {
        inner = errorOf(resilience.execute('chat', never, { parent }));
        return never();
      },
      { signal: controller.signal },
    );
    const error = errorOf(outer);
    controller.abort(left);
    expect(await error).toBe(left);
    expect(await inner).toBe(left);
    expect(resilience.stats('chat').failuresByKind).toEqual({ cancelled: 1 });
    expect(resilience.breaker('chat').stats()).toMatchObject({ ignored: 1, failures: 0 });
  });

  it('ends when either its own signal or that of its parent aborts, and leaves no listener on both', async () => {
    const resilience = createResilience();
    const controller = new AbortController();
    const listening = vi.spyOn(controller.signal, 'addEventListener');
    const leaving = vi.spyOn(controller.signal, 'removeEventListener');
    const outer = resilience.execute('plan', async (parent) => {
      await resilience.execute('chat', () => 'fine', { parent, signal: controller.signal });
      const error = errorOf(resilience.execute('chat', never, { parent, signal: controller.signal }));
      controller.abort('enough');
      return error;
    });
    expect(await outer).toBe('enough');
    expect(listening).toHaveBeenCalledTimes(2);
    expect(leaving).toHaveBeenCalledTimes(1);
  });

  it('is refused with a clear issue when the parent is not a call', async () => {
    const { execute } = untyped(createResilience());
    for (const parent of [null, 'chat', {}, { signal: new AbortController().signal }]) {
      const issues = issuesIn(await errorOf(execute('chat', () => 1, { parent })));
      expect(issues).toMatchObject([
        { path: 'options.parent', message: 'must be the call that the surrounding function received, or false' },
      ]);
    }
  });
});

describe('a function that calls noRetry()', () => {
  it('is not called again, although its error could be retried', async () => {
    const resilience = createResilience({ config: { defaults: QUICK } });
    const down = Object.assign(new Error('down'), { status: 503 });
    const fn = vi.fn((call: { noRetry(): void }) => {
      call.noRetry();
      throw down;
    });
    expect(await errorOf(resilience.execute('chat', fn))).toBe(down);
    expect(fn).toHaveBeenCalledTimes(1);
    expect(explain(down)).toMatchObject({ stopReason: 'not_retryable', stopRule: 'never_retried' });
  });
});
