import {
  type Call,
  createResilience,
  DeadlineExceededError,
  type GroupReport,
  ResilienceClosedError,
  type Task,
  type TaskFunction,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, never } from '../support/calls.js';
import { httpError, networkError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** No retries and no breaker, so that what a test says about a task is all that happens to it. */
const plain = () => createResilience({ config: { defaults: { retry: false, breaker: false } } });

/** The status of each task. */
function statusesOf({ tasks }: GroupReport): Record<string, string> {
  return Object.fromEntries(Object.entries(tasks).map(([name, { status }]) => [name, status]));
}

/** How many tasks ended in each way. */
function countsOf(report: GroupReport): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const status of Object.values(statusesOf(report))) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Tasks by number, from 1. */
function numbered<T>(count: number, toTask: (number: number) => T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`task-${index + 1}`, toTask(index + 1)]));
}

/** Work that takes this long, unless its signal aborts, and a count of how much of it runs at a time. */
function work(ms: number) {
  const count = { running: 0, most: 0, started: 0 };
  const run = ({ signal }: Call) => {
    count.running += 1;
    count.started += 1;
    count.most = Math.max(count.most, count.running);
    return new Promise<string>((resolve, reject) => {
      const settle = (end: () => void) => () => {
        count.running -= 1;
        end();
      };
      setTimeout(
        settle(() => resolve('fine')),
        ms,
      );
      signal.addEventListener(
        'abort',
        settle(() => reject(signal.reason)),
      );
    });
  };
  return { count, run };
}

const fine = async () => 'fine';
const failed = () => Promise.reject(httpError(400));

describe('a group of tasks', () => {
  it('runs each task after those it waits for, with their values and those of no other', async () => {
    const order: string[] = [];
    const report = await plain().group({
      write: {
        after: ['plan', 'research'],
        run: (_, results: { plan: string; research: number }) => {
          order.push('write');
          return results;
        },
      },
      plan: async () => {
        order.push('plan');
        return 'a plan';
      },
      research: {
        after: ['plan'],
        run: (_, { plan }) => {
          order.push('research');
          return plan.length;
        },
      },
    });
    expect(order).toEqual(['plan', 'research', 'write']);
    expect(report).toMatchObject({
      ok: true,
      errors: {},
      results: { plan: 'a plan', research: 6, write: { plan: 'a plan', research: 6 } },
    });
    expect(Object.keys(report.tasks)).toEqual(['write', 'plan', 'research']);
  });

  it('reports the attempts, the start and the duration of each task, and the duration of all', async () => {
    const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 100, jitter: 'none' } } } });
    const startedAt = Date.now();
    let isUp = false;
    const flaky = async () => {
      if (isUp) return 'up';
      isUp = true;
      throw httpError(500);
    };
    const group = resilience.group({ flaky, next: { after: ['flaky'], run: work(50).run } });
    await pass(150);
    const report = await group;
    expect(report.tasks).toMatchObject({
      flaky: { status: 'done', operation: 'flaky', startedAt, durationMs: 100, attempts: [{}, { outcome: 'success' }] },
      next: { status: 'done', startedAt: startedAt + 100, durationMs: 50, attempts: [{ number: 1 }] },
    });
    expect(report.totalMs).toBe(150);
    expect(resilience.stats('flaky')).toMatchObject({ calls: 1, successes: 1, retries: 1 });
  });

  it('runs each task as a call of its operation: its own, that of the group, or its name', async () => {
    const resilience = plain();
    const nameOf = (call: Call) => [call.operation, call.key, call.context];
    const { results } = await resilience.group(
      { named: { operation: 'chat', run: nameOf, options: { key: 'gpt-5', context: { step: 1 } } }, usual: nameOf },
      { operation: 'batch', context: { run: 7, step: 0 } },
    );
    expect(results.named).toEqual(['chat', 'gpt-5', { run: 7, step: 1 }]);
    expect(results.usual).toEqual(['batch', undefined, { run: 7, step: 0 }]);
    expect((await resilience.group({ own: nameOf })).results.own).toEqual(['own', undefined, {}]);
  });

  it('is done at once without tasks', async () => {
    expect(await plain().group({})).toEqual({ ok: true, results: {}, errors: {}, tasks: {}, totalMs: 0 });
  });

  it('passes the options of a task to its call', async () => {
    const down = vi.fn(failed);
    const resilience = createResilience();
    const { tasks } = await resilience.group({
      once: { run: () => down(), options: { settings: { retry: false } } },
      never: { run: () => Promise.reject(httpError(503)), options: { idempotent: false, strategy: 'critical' } },
    });
    expect(tasks).toMatchObject({ once: { status: 'failed' }, never: { attempts: [{ number: 1 }] } });
    expect(down).toHaveBeenCalledTimes(1);
    await resilience.close();
  });
});

describe('a task that fails', () => {
  it('cancels the tasks after it, however indirectly, and no other', async () => {
    const error = httpError(400);
    const notRun = vi.fn(() => 1);
    const report = await plain().group({
      bad: () => Promise.reject(error),
      next: { after: ['bad'], run: notRun },
      last: { after: ['good', 'next'], run: notRun },
      good: fine,
      other: { after: ['good'], run: fine },
    });
    expect(report).toMatchObject({ ok: false, results: { good: 'fine', other: 'fine' }, errors: { bad: error } });
    expect(report.errors).toEqual({ bad: error });
    expect(report.tasks).toMatchObject({
      bad: { status: 'failed', error, stopReason: 'not_retryable' },
      next: { status: 'cancelled', because: 'dependency', task: 'bad', error, attempts: [], startedAt: undefined },
      last: { status: 'cancelled', because: 'dependency', task: 'bad', error },
      other: { status: 'done', value: 'fine' },
    });
    expect(notRun).not.toHaveBeenCalled();
  });

  it('leaves the tasks after others alone, also when they are still to come', async () => {
    const slow = work(100);
    const group = plain().group({
      slow: slow.run,
      bad: failed,
      both: { after: ['slow', 'bad'], run: fine },
      after: { after: ['slow'], run: fine },
    });
    await pass(100);
    expect(statusesOf(await group)).toEqual({ slow: 'done', bad: 'failed', both: 'cancelled', after: 'done' });
  });

  it('is named as the cause by the first of several', async () => {
    const first = deferred();
    const group = plain().group({
      first: () => first.promise,
      second: failed,
      both: { after: ['first', 'second'], run: fine },
    });
    first.reject('later');
    expect((await group).tasks.both).toMatchObject({ because: 'dependency', task: 'second' });
  });

  it('may throw synchronously, or throw nothing at all', async () => {
    const report = await plain().group({
      throws: () => {
        throw httpError(400);
      },
      nothing: () => Promise.reject(undefined),
      next: { after: ['nothing'], run: fine },
    });
    expect(countsOf(report)).toEqual({ failed: 2, cancelled: 1 });
    expect(Object.keys(report.errors)).toEqual(['throws', 'nothing']);
  });
});

describe('the concurrency of a group', () => {
  it('keeps twenty tasks to three at a time, and runs all of them', async () => {
    const { count, run } = work(10);
    const group = plain().group(
      numbered(20, () => run),
      { concurrency: 3 },
    );
    await pass(70);
    expect(countsOf(await group)).toEqual({ done: 20 });
    expect(count).toEqual({ running: 0, most: 3, started: 20 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('starts tasks in the order in which they became ready, then in that of their declaration', async () => {
    const started: string[] = [];
    const run = async ({ operation }: Call) => {
      started.push(operation);
    };
    await plain().group(
      {
        d: { after: ['b'], run },
        c: { after: ['b'], run },
        a: run,
        b: run,
        e: run,
        f: { after: ['a'], run },
      },
      { concurrency: 1 },
    );
    expect(started).toEqual(['a', 'b', 'e', 'f', 'd', 'c']);
  });

  it('is none by default', async () => {
    const { count, run } = work(10);
    const group = plain().group(numbered(200, () => run));
    await pass(10);
    expect(countsOf(await group)).toEqual({ done: 200 });
    expect(count.most).toBe(200);
  });
});

describe('the deadline of a group', () => {
  it('ends the tasks that run, and those that wait, as timed out', async () => {
    const resilience = plain();
    const { count, run } = work(100);
    const group = resilience.group(
      { quick: fine, slow: run, waits: run, next: { after: ['slow'], run } },
      { deadlineMs: 150, concurrency: 1 },
    );
    await pass(149);
    expect(count.running).toBe(1);
    await pass(1);
    const report = await group;
    expect(report.totalMs).toBe(150);
    expect(statusesOf(report)).toEqual({ quick: 'done', slow: 'done', waits: 'timed_out', next: 'timed_out' });
    expect(report.errors.next).toBeInstanceOf(DeadlineExceededError);
    expect(report.errors).toMatchObject({
      waits: { operation: 'waits', deadlineMs: 150, message: 'the group took longer than its deadline of 150 ms' },
    });
    expect(report.tasks).toMatchObject({ waits: { durationMs: 50 }, next: { durationMs: 0, startedAt: undefined } });
    expect(count).toMatchObject({ running: 0, started: 2 });
    expect(vi.getTimerCount()).toBe(1); // that of the work itself
    expect(resilience.snapshot().inFlight).toBe(0);
  });

  it('is the time that is left to each task, unless its own deadline comes first', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 1_000 } } });
    const left = (call: Call) => call.remainingMs();
    const group = resilience.group(
      {
        first: async () => new Promise((resolve) => setTimeout(resolve, 400)),
        usual: left,
        second: { after: ['first'], run: left },
        own: { after: ['first'], run: left, options: { deadlineMs: 50 } },
        unlimited: { run: left, options: { deadlineMs: false } },
      },
      { deadlineMs: 1_200 },
    );
    await pass(400);
    expect((await group).results).toMatchObject({ usual: 1_000, second: 800, own: 50, unlimited: 1_200 });
  });

  it('is not that of a task alone, which cancels the tasks after it', async () => {
    const group = plain().group({
      slow: { run: never, options: { deadlineMs: 100 } },
      next: { after: ['slow'], run: fine },
      other: work(200).run,
    });
    await pass(200);
    const { tasks } = await group;
    expect(tasks).toMatchObject({
      slow: { status: 'timed_out', error: { deadlineMs: 100, operation: 'slow' }, durationMs: 100 },
      next: { status: 'cancelled', because: 'dependency', task: 'slow' },
      other: { status: 'done' },
    });
  });

  it('ends tasks that ignore their signal, and tells the others by it', async () => {
    let reason: unknown;
    const group = plain().group(
      {
        deaf: never,
        listens: (call) => {
          call.signal.addEventListener('abort', () => {
            reason = call.signal.reason;
          });
          return never();
        },
      },
      { deadlineMs: 100 },
    );
    await pass(100);
    expect(statusesOf(await group)).toEqual({ deaf: 'timed_out', listens: 'timed_out' });
    expect(reason).toMatchObject({ name: 'TimeoutError', message: expect.stringContaining('the group took longer') });
  });

  it('is no failure of the provider: no breaker counts it', async () => {
    const resilience = createResilience();
    const group = resilience.group({ chat: never }, { deadlineMs: 100 });
    await pass(100);
    await group;
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0, ignored: 1 });
    expect(resilience.stats('chat').failuresByKind).toEqual({ timeout: 1 });
  });

  it('keeps tasks from starting after it, even if the thread was blocked until then', async () => {
    const next = vi.fn(fine);
    const group = plain().group(
      {
        blocks: () => {
          vi.setSystemTime(Date.now() + 200);
          vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 200);
        },
        next: { after: ['blocks'], run: next },
      },
      { deadlineMs: 100 },
    );
    expect(statusesOf(await group)).toEqual({ blocks: 'done', next: 'timed_out' });
    expect(next).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('leaves no timer when the tasks end before it', async () => {
    await plain().group({ plan: fine, write: { after: ['plan'], run: fine } }, { deadlineMs: 1_000 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets a retry be given up that would come too late, as a failure of the task', async () => {
    const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 500, jitter: 'none' } } } });
    const { tasks } = await resilience.group({ chat: () => Promise.reject(httpError(503)) }, { deadlineMs: 300 });
    expect(tasks.chat).toMatchObject({ status: 'failed', error: { status: 503 }, stopReason: 'deadline' });
  });
});

describe('the signal of a group', () => {
  it('ends the tasks that run and cancels those that wait, and resolves', async () => {
    const controller = new AbortController();
    const { count, run } = work(100);
    const left = new Error('the user left');
    const group = plain().group(
      { quick: fine, slow: run, next: { after: ['slow'], run }, free: run },
      { signal: controller.signal, concurrency: 2 },
    );
    await pass(50);
    controller.abort(left);
    const report = await group;
    expect(statusesOf(report)).toEqual({ quick: 'done', slow: 'cancelled', next: 'cancelled', free: 'cancelled' });
    expect(report).toMatchObject({ ok: false, results: { quick: 'fine' } });
    expect(report.errors).toEqual({});
    expect(report.tasks.slow).toMatchObject({ because: 'signal', error: left, durationMs: 50 });
    expect(report.tasks.next).toMatchObject({ because: 'signal', error: left, startedAt: undefined });
    expect(count).toMatchObject({ running: 0, started: 2 });
  });

  it('keeps every task from starting when it has aborted before', async () => {
    const run = vi.fn(fine);
    const report = await plain().group({ a: run, b: { after: ['a'], run } }, { signal: AbortSignal.abort('gone') });
    expect(report.tasks).toMatchObject({
      a: { status: 'cancelled', because: 'signal', error: 'gone' },
      b: { status: 'cancelled', because: 'signal', error: 'gone' },
    });
    expect(run).not.toHaveBeenCalled();
  });

  it('may abort while tasks are being started', async () => {
    const controller = new AbortController();
    const run = vi.fn(fine);
    const report = await plain().group(
      {
        aborts: () => {
          controller.abort();
          return never();
        },
        other: run,
      },
      { signal: controller.signal },
    );
    expect(countsOf(report)).toEqual({ cancelled: 2 });
    expect(run).not.toHaveBeenCalled();
  });

  it('has no listener after the group, however it ended', async () => {
    const controller = new AbortController();
    const adding = vi.spyOn(controller.signal, 'addEventListener');
    const removing = vi.spyOn(controller.signal, 'removeEventListener');
    await plain().group(
      numbered(20, () => fine),
      { signal: controller.signal },
    );
    expect(adding).toHaveBeenCalledTimes(1);
    expect(removing).toHaveBeenCalledTimes(1);
  });

  it('is not that of a task, which ends this task alone and cancels those after it', async () => {
    const controller = new AbortController();
    const group = plain().group({
      one: { run: never, options: { signal: controller.signal } },
      next: { after: ['one'], run: fine },
      other: work(10).run,
    });
    controller.abort('enough');
    await pass(10);
    expect((await group).tasks).toMatchObject({
      one: { status: 'cancelled', because: 'signal', error: 'enough' },
      next: { status: 'cancelled', because: 'dependency', task: 'one' },
      other: { status: 'done' },
    });
  });

  it('refuses the group when it cannot be followed', async () => {
    const controller = new AbortController();
    vi.spyOn(controller.signal, 'addEventListener').mockImplementation(() => {
      throw new Error('no listeners here');
    });
    const run = vi.fn(fine);
    const group = plain().group({ a: run }, { signal: controller.signal, deadlineMs: 100 });
    expect(await errorOf(group)).toMatchObject({ message: 'no listeners here' });
    expect(run).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a group within a call', () => {
  it('has no more time than that call has left', async () => {
    const resilience = plain();
    let inner: Promise<GroupReport> | undefined;
    const outer = errorOf(
      resilience.execute(
        'agent',
        async (parent) => {
          await pass(40);
          inner = resilience.group(
            { left: (call: Call) => call.remainingMs(), slow: never, next: { after: ['slow'], run: fine } },
            { parent, deadlineMs: 1_000 },
          );
          return inner;
        },
        { deadlineMs: 100 },
      ),
    );
    await pass(100);
    expect(await outer).toMatchObject({ name: 'DeadlineExceededError', operation: 'agent', deadlineMs: 100 });
    const report = await inner;
    expect(report).toMatchObject({ ok: false, results: { left: 60 }, totalMs: 60 });
    expect(report?.tasks).toMatchObject({ slow: { status: 'timed_out' }, next: { status: 'timed_out' } });
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends when the caller of that call aborts', async () => {
    const resilience = plain();
    const controller = new AbortController();
    let inner: Promise<GroupReport> | undefined;
    const outer = errorOf(
      resilience.execute(
        'agent',
        (parent) => {
          inner = resilience.group({ slow: never, next: { after: ['slow'], run: fine } }, { parent });
          return inner;
        },
        { signal: controller.signal },
      ),
    );
    controller.abort('left');
    expect(await outer).toBe('left');
    expect((await inner)?.tasks).toMatchObject({ slow: { because: 'signal', error: 'left' }, next: { error: 'left' } });
  });

  it('takes the call around it as its parent with an async context, unless it is told not to', async () => {
    const resilience = createResilience({ asyncContext: true });
    const left = (call: Call) => call.remainingMs();
    const [inherited, own] = await resilience.execute(
      'agent',
      async () => [
        await resilience.group({ left, next: { after: ['left'], run: left } }),
        await resilience.group({ left }, { parent: false }),
      ],
      { deadlineMs: 500 },
    );
    expect(inherited?.results).toEqual({ left: 500, next: 500 });
    expect(own?.results).toEqual({ left: 120_000 });
  });

  it('may be the task of another group', async () => {
    const resilience = plain();
    const group = resilience.group(
      {
        outer: (call) => resilience.group({ slow: never, left: (inner) => inner.remainingMs() }, { parent: call }),
        next: { after: ['outer'], run: (_, { outer }) => outer },
      },
      { deadlineMs: 300 },
    );
    await pass(300);
    expect(countsOf(await group)).toEqual({ timed_out: 2 });
    const done = await resilience.group({ outer: (call) => resilience.group({ a: fine }, { parent: call }) });
    expect(done.results.outer).toMatchObject({ ok: true, results: { a: 'fine' } });
  });
});

describe('close() during a group', () => {
  it('lets the tasks that run finish, and fails those that have not started', async () => {
    const resilience = plain();
    const { run } = work(10);
    const group = resilience.group(
      { running: run, waits: run, also: run, next: { after: ['running'], run }, last: { after: ['waits'], run } },
      { concurrency: 1, deadlineMs: 1_000 },
    );
    await pass(0);
    const closed = resilience.close();
    await pass(10);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
    const report = await group;
    const refused = { status: 'failed', error: expect.any(ResilienceClosedError), stopReason: 'closed' };
    expect(report.tasks).toMatchObject({
      running: { status: 'done' },
      waits: { ...refused, attempts: [], startedAt: undefined },
      also: refused,
      next: refused,
      last: { status: 'cancelled', because: 'dependency', task: 'waits' },
    });
  });

  it('refuses a group that is made afterwards', async () => {
    const resilience = plain();
    await resilience.close();
    expect(await errorOf(resilience.group({ a: fine }))).toBeInstanceOf(ResilienceClosedError);
  });
});

describe('many agents at once', () => {
  it('settles fifteen operations of which nine fail in four ways, none unhandled', async () => {
    const aborted = Object.assign(new Error('Request was aborted.'), { name: 'AbortError' });
    const failures: Record<number, () => Promise<string>> = {
      3: never,
      7: never,
      11: never,
      5: () => Promise.reject(networkError('ECONNREFUSED')),
      9: () => Promise.reject(networkError('ECONNRESET')),
      8: () => Promise.reject(httpError(529)),
      12: () => Promise.reject(httpError(529)),
      6: () => Promise.reject(aborted),
      10: () => Promise.reject(aborted),
    };
    const resilience = createResilience({
      config: { defaults: { attemptTimeoutMs: 100, retry: { maxAttempts: 2, minDelayMs: 10 } } },
    });
    const tasks: Record<string, TaskFunction<Promise<string>>> = numbered(15, (number) => failures[number] ?? fine);
    const group = resilience.group(tasks);
    await pass(5_000);
    const report = await group;
    expect(countsOf(report)).toEqual({ done: 6, failed: 9 });
    expect(Object.keys(report.errors)).toHaveLength(9);
    const kinds = [3, 5, 8, 6].map((number) => resilience.stats(`task-${number}`).failuresByKind);
    expect(kinds).toEqual([{ timeout: 1 }, { network: 1 }, { overloaded: 1 }, { cancelled: 1 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on when one of ten agents fails, without those that need it', async () => {
    const agent = (...after: string[]): Task<Promise<string>> => ({ after, run: fine });
    const agents: Record<string, Task<Promise<string>>> = {
      planner: agent(),
      searcher: agent('planner'),
      reader: { after: ['planner'], run: failed },
      coder: agent('planner'),
      tester: agent('coder'),
      summary: agent('reader'),
      critic: agent('summary', 'searcher'),
      reviewer: agent('coder', 'tester'),
      writer: agent('searcher', 'coder'),
      publisher: agent('writer', 'critic'),
    };
    const report = await plain().group(agents);
    expect(countsOf(report)).toEqual({ done: 6, failed: 1, cancelled: 3 });
    const cancelled = ['summary', 'critic', 'publisher'].map((name) => report.tasks[name]);
    expect(cancelled).toMatchObject(cancelled.map(() => ({ status: 'cancelled', task: 'reader' })));
  });

  it.each([50, 100, 200])('completes %d operations at once', async (count) => {
    const { run } = work(20);
    const group = plain().group(numbered(count, () => run));
    await pass(20);
    expect(countsOf(await group)).toEqual({ done: count });
  });

  it('completes ten sessions of twenty operations each, at once', async () => {
    const resilience = plain();
    const works = Array.from({ length: 10 }, () => work(10));
    const groups = works.map(({ run }, session) =>
      resilience.group(
        numbered(20, (number) => ({ run, after: number > 10 ? [`task-${number - 10}`] : [] })),
        { operation: 'chat', concurrency: 5, context: { session } },
      ),
    );
    await pass(40);
    const reports = await Promise.all(groups);
    expect(reports.map((report) => countsOf(report))).toEqual(reports.map(() => ({ done: 20 })));
    expect(works.map(({ count }) => count.most)).toEqual(works.map(() => 5));
    expect(resilience.stats('chat')).toMatchObject({ calls: 200, successes: 200 });
  });

  it('settles a chain of ten thousand tasks whose first one fails', async () => {
    const chain = numbered(10_000, (number) =>
      number === 1 ? { run: failed } : { after: [`task-${number - 1}`], run: fine },
    );
    const report = await plain().group(chain, { operation: 'chat' });
    expect(countsOf(report)).toEqual({ failed: 1, cancelled: 9_999 });
  });
});
