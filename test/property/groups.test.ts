import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { type Call, createResilience, type GroupReport, type Task, type TaskOptions, type TaskReport } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** One task, and what becomes of its function. */
interface TaskPlan {
  /** Which of the tasks made before it it runs after. */
  readonly after: readonly number[];
  readonly does: 'resolve' | 'reject' | 'throw' | 'hang' | 'return';
  readonly takesMs: number;
  /** Whether its function ends when its signal aborts. */
  readonly isDeaf: boolean;
  readonly deadlineMs: number | undefined;
}

interface GroupPlan {
  readonly tasks: readonly TaskPlan[];
  /** Where each task is declared: the order in which tasks are made is one that they could run in. */
  readonly places: readonly number[];
  readonly concurrency: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly abortAtMs: number | undefined;
  readonly closeAtMs: number | undefined;
}

const MOST_TASKS = 12;
const LONGEST_MS = 20;
/** Longer than everything together that ends by itself. */
const ALL_DONE_MS = 1_000;
/** When the caller leaves at last, since a function may hang. */
const LATEST_ABORT_MS = 2_000;
const ALL_OVER_MS = 10_000;

/** A value in one of so many cases. */
const inOneOf = <T>(cases: number, arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary, weight: 1 }, { arbitrary: fc.constant(undefined), weight: cases - 1 });
const someMs = fc.integer({ min: 1, max: 3 * LONGEST_MS });

const tasks: fc.Arbitrary<readonly TaskPlan[]> = fc.array(
  fc.record({
    after: fc.uniqueArray(fc.nat(MOST_TASKS - 1), { maxLength: 3 }),
    does: fc.constantFrom('resolve', 'resolve', 'resolve', 'resolve', 'return', 'reject', 'throw', 'hang'),
    takesMs: fc.nat(LONGEST_MS),
    isDeaf: fc.boolean(),
    deadlineMs: inOneOf(3, someMs),
  }),
  { maxLength: MOST_TASKS },
);

const plans: fc.Arbitrary<GroupPlan> = tasks.chain((made) =>
  fc.record({
    tasks: fc.constant(made.map((task, index) => ({ ...task, after: task.after.filter((each) => each < index) }))),
    places: fc.shuffledSubarray([...made.keys()], { minLength: made.length }),
    concurrency: inOneOf(2, fc.integer({ min: 1, max: 4 })),
    deadlineMs: inOneOf(3, someMs),
    abortAtMs: inOneOf(4, someMs),
    closeAtMs: inOneOf(5, someMs),
  }),
);

const nameOf = (index: number) => `task-${index}`;

/** A group that is run, and what its functions have seen. */
class Play {
  readonly plan: GroupPlan;
  readonly resilience = createResilience({ preset: 'none', config: { defaults: { retry: false, breaker: false } } });
  readonly controller = new AbortController();
  readonly started: string[] = [];
  /** The tasks whose functions have succeeded, in this order. */
  readonly succeeded: string[] = [];
  readonly receivedFor = new Map<string, object>();
  active = 0;
  mostActive = 0;
  report: GroupReport | undefined;
  reports = 0;

  constructor(plan: GroupPlan) {
    this.plan = plan;
  }

  async run(): Promise<GroupReport> {
    const { concurrency, deadlineMs, abortAtMs = LATEST_ABORT_MS, closeAtMs } = this.plan;
    setTimeout(() => this.controller.abort('left'), abortAtMs);
    if (closeAtMs !== undefined) setTimeout(() => void this.resilience.close(), closeAtMs);
    const { signal } = this.controller;
    void this.resilience.group(this.#tasks(), { concurrency, deadlineMs, signal }).then((report) => {
      this.report = report;
      this.reports += 1;
    });
    await drain();
    await pass(ALL_OVER_MS);
    assert(this.report !== undefined, 'the group has not ended');
    return this.report;
  }

  /** The tasks, in the order of their declaration. */
  #tasks(): Record<string, Task> {
    return Object.fromEntries(
      this.plan.places.map((index) => {
        const task = this.plan.tasks[index];
        assert(task !== undefined);
        const after = task.after.map(nameOf);
        const options: TaskOptions = { deadlineMs: task.deadlineMs ?? false };
        const run = (call: Call, results: object) => this.#work(nameOf(index), task, call, results);
        return [nameOf(index), { after, options, run } satisfies Task];
      }),
    );
  }

  #work(name: string, { does, takesMs, isDeaf }: TaskPlan, call: Call, results: object): unknown {
    this.started.push(name);
    this.receivedFor.set(name, results);
    if (does === 'throw') throw new Error(name);
    if (does === 'return') {
      this.succeeded.push(name);
      return name;
    }
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    // The call ends with its signal, whether or not the function does.
    call.signal.addEventListener('abort', () => {
      this.active -= 1;
    });
    return new Promise((resolve, reject) => {
      if (!isDeaf) call.signal.addEventListener('abort', () => reject(call.signal.reason));
      if (does === 'hang') return;
      setTimeout(() => {
        if (call.signal.aborted) return;
        this.active -= 1;
        if (does === 'reject') {
          reject(new Error(name));
          return;
        }
        this.succeeded.push(name);
        resolve(name);
      }, takesMs);
    });
  }

  afterOf(name: string): readonly string[] {
    return this.#planOf(name).after.map(nameOf);
  }

  doesOf(name: string): TaskPlan['does'] {
    return this.#planOf(name).does;
  }

  /** The order in which tasks became ready, by the order in which functions succeeded. */
  readyOrder(): readonly string[] {
    const names = this.plan.places.map(nameOf);
    const missing = new Map(names.map((name) => [name, new Set(this.afterOf(name))]));
    const ready = names.filter((name) => this.afterOf(name).length === 0);
    for (const done of this.succeeded) {
      for (const name of names) {
        const left = missing.get(name);
        if (left?.delete(done) === true && left.size === 0) ready.push(name);
      }
    }
    return ready;
  }

  /** Everything that a task runs after, directly or through others. */
  ancestorsOf(name: string): ReadonlySet<string> {
    const found = new Set<string>();
    const left = [...this.afterOf(name)];
    for (let each = left.pop(); each !== undefined; each = left.pop()) {
      found.add(each);
      left.push(...this.afterOf(each));
    }
    return found;
  }

  #planOf(name: string): TaskPlan {
    const plan = this.plan.tasks[Number(name.slice('task-'.length))];
    assert(plan !== undefined);
    return plan;
  }
}

/** Runs a property of how any group ends. */
function ofAllGroups(property: (report: GroupReport, play: Play) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      stopTime();
      const play = new Play(plan);
      property(await play.run(), play);
      await play.resilience.close();
    }),
    runs(500),
  );
}

function entriesOf({ tasks: reports }: GroupReport): readonly (readonly [string, TaskReport])[] {
  return Object.entries(reports);
}

test('every group settles once, with one status for each task, in the order of their declaration', async () => {
  const seen = new Set<string>();
  await ofAllGroups((report, play) => {
    assert.equal(play.reports, 1);
    assert.deepEqual(Object.keys(report.tasks), play.plan.places.map(nameOf));
    for (const [name, task] of entriesOf(report)) {
      seen.add(task.status === 'cancelled' ? `cancelled by ${task.because}` : task.status);
      assert.equal(name in report.results, task.status === 'done', 'results');
      assert.equal(name in report.errors, task.status === 'failed' || task.status === 'timed_out', 'errors');
      assert.equal(task.startedAt !== undefined, play.started.includes(name), 'startedAt');
      assert.equal(task.attempts.length, play.started.includes(name) ? 1 : 0, 'attempts');
    }
    assert.equal(
      report.ok,
      Object.values(report.tasks).every(({ status }) => status === 'done'),
    );
  });
  assert.deepEqual([...seen].sort(), ['cancelled by dependency', 'cancelled by signal', 'done', 'failed', 'timed_out']);
});

test('a task starts once at most, with the values of all tasks that it runs after and of no other', async () => {
  await ofAllGroups((report, play) => {
    assert.equal(new Set(play.started).size, play.started.length);
    for (const name of play.started) {
      const after = play.afterOf(name);
      assert(after.every((each) => report.tasks[each]?.status === 'done'));
      assert.deepEqual({ ...play.receivedFor.get(name) }, Object.fromEntries(after.map((each) => [each, each])));
    }
    for (const [name, task] of entriesOf(report)) {
      if (task.status !== 'done') continue;
      assert.equal(task.value, name);
      assert(play.succeeded.includes(name));
    }
  });
});

/** Fails unless a task that was cancelled had a cause. */
function assertCause(
  name: string,
  task: TaskReport & { readonly status: 'cancelled' },
  report: GroupReport,
  play: Play,
) {
  if (task.because === 'signal') {
    assert(report.totalMs >= (play.plan.abortAtMs ?? LATEST_ABORT_MS));
    assert.equal(task.error, 'left');
    return;
  }
  const cause = report.tasks[task.task];
  assert(play.ancestorsOf(name).has(task.task));
  assert(cause?.status === 'failed' || cause?.status === 'timed_out');
  assert.equal(task.error, cause.error);
}

test('a task is cancelled if one that it needs is not done or the group was ended, and for no other reason', async () => {
  await ofAllGroups((report, play) => {
    const { closeAtMs, deadlineMs } = play.plan;
    for (const [name, task] of entriesOf(report)) {
      if (task.status === 'cancelled') {
        assertCause(name, task, report, play);
        continue;
      }
      const isBlocked = [...play.ancestorsOf(name)].some((each) => report.tasks[each]?.status !== 'done');
      // Only the deadline of the group ends a task together with those that it needs.
      assert(!isBlocked || (task.status === 'timed_out' && deadlineMs !== undefined));
      if (task.status !== 'failed') continue;
      if (task.stopReason === 'closed') assert(closeAtMs !== undefined);
      else assert(['reject', 'throw'].includes(play.doesOf(name)));
    }
  });
});

test('no more tasks run than allowed, and they start in the order in which they became ready', async () => {
  const fullest = new Set<number>();
  await ofAllGroups((_, play) => {
    const { concurrency = Number.POSITIVE_INFINITY } = play.plan;
    assert(play.mostActive <= concurrency, `${play.mostActive} ran at a time, of ${concurrency}`);
    if (play.mostActive === concurrency) fullest.add(concurrency);
    const started = new Set(play.started);
    assert.deepEqual(
      play.started,
      play.readyOrder().filter((name) => started.has(name)),
    );
  });
  assert.deepEqual([...fullest].sort(), [1, 2, 3, 4]);
});

test('a group ends at its deadline at the latest, and leaves no timer, no listener and no call behind', async () => {
  await ofAllGroups((report, play) => {
    const { deadlineMs, abortAtMs } = play.plan;
    assert(report.totalMs <= (deadlineMs ?? Number.POSITIVE_INFINITY));
    assert.equal(vi.getTimerCount(), 0);
    assert.equal(getEventListeners(play.controller.signal, 'abort').length, 0);
    assert.equal(play.resilience.snapshot().inFlight, 0);
    const canHang = play.plan.tasks.some(({ does }) => does === 'hang');
    if (abortAtMs === undefined && !canHang) assert(report.totalMs < ALL_DONE_MS);
  });
});
