import { DeadlineExceededError } from '../errors/index.js';
import type { AttemptRecord, StopReason } from '../pipeline/index.js';
import { monotonicMs, roundMs, wallMs } from '../runtime/index.js';
import type { GroupEnding, GroupScope } from './group-scope.js';
import type { GroupReport, TaskRecord, TaskReport } from './report.js';
import { Schedule } from './schedule.js';

/** One task, ready to run. */
export interface GroupTask {
  /** The tasks that it runs after: they exist, and lead to no cycle. */
  readonly after: readonly string[];
  readonly operation: string;
  /** The signal that ends this task alone. */
  readonly signal: AbortSignal | undefined;
  /** Makes the call of the task. Never throws and never rejects. */
  begin(results: Readonly<Record<string, unknown>>): Promise<TaskEnd>;
}

/** How the call of a task ended. */
export type TaskEnd = {
  readonly attempts: readonly AttemptRecord[];
  readonly stopReason: StopReason;
  readonly totalMs: number;
} & ({ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown });

/** What a group needs besides its tasks. */
export interface GroupInit {
  readonly scope: GroupScope;
  readonly concurrency: number;
  readonly startedAtMs: number;
  /** Why no call can be made any more; `undefined` while calls can be made. */
  findRefusal(): Error | undefined;
}

/**
 * Runs tasks and resolves when all of them have settled, whatever becomes of them.
 *
 * @throws what a signal throws that is not native; no task has started then.
 */
export function runGroup(tasks: ReadonlyMap<string, GroupTask>, init: GroupInit): Promise<GroupReport> {
  const group = new TaskGroup(tasks, init);
  return new Promise((resolve) => group.run(resolve));
}

class TaskGroup {
  readonly #tasks: ReadonlyMap<string, GroupTask>;
  readonly #init: GroupInit;
  readonly #scope: GroupScope;
  readonly #schedule: Schedule;
  readonly #reports = new Map<string, TaskReport>();
  #ending: GroupEnding | undefined;
  #onReport: ((report: GroupReport) => void) | undefined;

  constructor(tasks: ReadonlyMap<string, GroupTask>, init: GroupInit) {
    this.#tasks = tasks;
    this.#init = init;
    this.#scope = init.scope;
    this.#schedule = new Schedule(new Map([...tasks].map(([name, { after }]) => [name, after])), init.concurrency);
  }

  run(onReport: (report: GroupReport) => void): void {
    this.#scope.open((ending) => this.#end(ending));
    this.#onReport = onReport;
    this.#startReady();
  }

  /** Starts as many tasks as may run, and ends the group if none is left. */
  #startReady(): void {
    // The timer is late if the thread was blocked, and no task starts after the deadline.
    if (this.#scope.remainingMs() <= 0) this.#scope.expire();
    for (let name = this.#schedule.startNext(); name !== undefined; name = this.#schedule.startNext()) {
      this.#begin(name);
    }
    this.#finishIfSettled();
  }

  #begin(name: string): void {
    const task = this.#taskOf(name);
    const refusal = this.#init.findRefusal();
    if (refusal !== undefined) {
      this.#settle(name, { ...notStarted(task), status: 'failed', error: refusal, stopReason: 'closed' });
      return;
    }
    const startedAt = wallMs();
    void task.begin(this.#resultsFor(task)).then((end) => {
      this.#settle(name, this.#judge(task, end, startedAt));
      this.#startReady();
    });
  }

  /** The values of the tasks that it runs after. */
  #resultsFor({ after }: GroupTask): Readonly<Record<string, unknown>> {
    return toRecord(after.map((each) => [each, findValue(this.#reports.get(each))]));
  }

  #judge({ operation, signal }: GroupTask, end: TaskEnd, startedAt: number): TaskReport {
    const { attempts, totalMs } = end;
    const record: TaskRecord = { operation, attempts, startedAt, durationMs: totalMs };
    if (end.ok) return { ...record, status: 'done', value: end.value };
    const { error, stopReason } = end;
    if (this.#ending !== undefined && Object.is(error, this.#ending.reason)) {
      return { ...record, ...this.#endOf(operation, this.#ending) };
    }
    if (signal?.aborted === true && Object.is(error, signal.reason)) {
      return { ...record, status: 'cancelled', because: 'signal', error };
    }
    if (stopReason === 'deadline' && DeadlineExceededError.is(error)) return { ...record, status: 'timed_out', error };
    return { ...record, status: 'failed', error, stopReason };
  }

  /** Records how a running task ended, and cancels those that would run after it if it is not done. */
  #settle(name: string, report: TaskReport): void {
    this.#reports.set(name, report);
    if (report.status === 'done') {
      this.#schedule.complete(name);
      return;
    }
    const { error } = report;
    for (const each of this.#schedule.fail(name)) {
      const record = notStarted(this.#taskOf(each));
      this.#reports.set(each, { ...record, status: 'cancelled', because: 'dependency', task: name, error });
    }
  }

  /** Settles the tasks that wait, and ends those that run. */
  #end(ending: GroupEnding): void {
    this.#ending = ending;
    for (const name of this.#schedule.cancelWaiting()) {
      const task = this.#taskOf(name);
      this.#reports.set(name, { ...notStarted(task), ...this.#endOf(task.operation, ending) });
    }
    this.#scope.abort(ending.reason);
  }

  #endOf(operation: string, { by, reason }: GroupEnding) {
    if (by === 'signal') return { status: 'cancelled', because: 'signal', error: reason } as const;
    const error = new DeadlineExceededError(operation, this.#scope.deadlineMs, 'the group');
    return { status: 'timed_out', error } as const;
  }

  #finishIfSettled(): void {
    const onReport = this.#onReport;
    if (onReport === undefined || !this.#schedule.isSettled) return;
    this.#onReport = undefined;
    this.#scope.close();
    onReport(this.#report());
  }

  #report(): GroupReport {
    const tasks = [...this.#tasks.keys()].flatMap((name) => {
      const report = this.#reports.get(name);
      return report === undefined ? [] : [[name, report] as const];
    });
    const results = tasks.flatMap(([name, report]) =>
      report.status === 'done' ? [[name, report.value] as const] : [],
    );
    const errors = tasks.flatMap(([name, report]) =>
      report.status === 'failed' || report.status === 'timed_out' ? [[name, report.error] as const] : [],
    );
    return {
      ok: results.length === tasks.length,
      results: toRecord(results),
      errors: toRecord(errors),
      tasks: toRecord(tasks),
      totalMs: roundMs(monotonicMs() - this.#init.startedAtMs),
    };
  }

  #taskOf(name: string): GroupTask {
    const task = this.#tasks.get(name);
    if (task === undefined) throw new Error(`there is no task '${name}'`);
    return task;
  }
}

function notStarted({ operation }: GroupTask): TaskRecord {
  return { operation, attempts: [], startedAt: undefined, durationMs: 0 };
}

function findValue(report: TaskReport | undefined): unknown {
  return report?.status === 'done' ? report.value : undefined;
}

/** An object without a prototype: a task may be named `__proto__`, and none is found that is not there. */
function toRecord<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const record: Record<string, T> = Object.create(null);
  for (const [name, value] of entries) record[name] = value;
  return record;
}
