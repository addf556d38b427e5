import {
  type Call,
  createResilience,
  type GroupOptions,
  type GroupReport,
  type Task,
  type TaskFunction,
  type TaskReport,
} from 'holdfast';
import { describe, expectTypeOf, it } from 'vitest';

const resilience = createResilience();

interface Plan {
  readonly steps: readonly string[];
}

declare function makePlan(call: Call): Promise<Plan>;

describe('group(), by its types,', () => {
  it('gives each task the values of the tasks that it runs after, and of no other', () => {
    void resilience.group({
      plan: makePlan,
      topic: () => 'kelp',
      other: () => 1,
      write: {
        after: ['plan', 'topic'],
        operation: 'chat',
        run: (call, results) => {
          expectTypeOf(call).toEqualTypeOf<Call>();
          expectTypeOf(results).toEqualTypeOf<{ readonly plan: Plan; readonly topic: string }>();
          // @ts-expect-error it does not run after this one
          return results.other;
        },
      },
      check: { after: ['topic'], run: (_, { topic }) => topic.length },
      alone: {
        run: (_, results) => {
          expectTypeOf<keyof typeof results>().toEqualTypeOf<never>();
        },
      },
    });
  });

  it('lets a task declare the value of a task whose parameters have no types', () => {
    void resilience.group({
      plan: (call) => call.operation,
      topic: () => 'kelp',
      unchecked: {
        after: ['plan'],
        run: (_, { plan }) => {
          expectTypeOf(plan).toEqualTypeOf<unknown>();
        },
      },
      write: { after: ['plan', 'topic'], run: (_, given: { plan: string; topic: string }) => given.plan + given.topic },
    });
    void resilience.group({
      topic: () => 'kelp',
      // @ts-expect-error it is a string
      write: { after: ['topic'], run: (_, { topic }: { topic: number }) => topic },
    });
  });

  it('resolves to the values of all tasks, which may be missing if the group is not ok', async () => {
    const report = await resilience.group({
      plan: makePlan,
      ask: (call) => call.remainingMs(),
      write: { after: ['ask'], run: async (_, { ask }: { ask: number }) => [ask] },
    });
    expectTypeOf(report.tasks.plan).toEqualTypeOf<TaskReport<Plan>>();
    expectTypeOf(report.tasks.ask).toEqualTypeOf<TaskReport<number>>();
    expectTypeOf(report.errors.write).toEqualTypeOf<unknown>();
    expectTypeOf(report.results.plan).toEqualTypeOf<Plan | undefined>();
    if (report.ok) expectTypeOf(report.results.plan).toEqualTypeOf<Plan>();
    if (report.ok) expectTypeOf(report.results.write).toEqualTypeOf<number[]>();
    // @ts-expect-error there is no such task
    void report.results.read;
  });

  it('tells the ends of a task apart by its status', async () => {
    const { tasks } = await resilience.group({ plan: makePlan });
    if (tasks.plan.status === 'done') expectTypeOf(tasks.plan.value).toEqualTypeOf<Plan>();
    if (tasks.plan.status === 'cancelled' && tasks.plan.because === 'dependency') {
      expectTypeOf(tasks.plan.task).toEqualTypeOf<string>();
    }
    // @ts-expect-error only a task that is done has a value
    void tasks.plan.value;
  });

  it('accepts tasks that are made at run time', async () => {
    const tasks: Record<string, TaskFunction<Promise<number>> | Task<Promise<number>>> = {};
    const report = await resilience.group(tasks, { operation: 'chat', concurrency: 3 });
    const task: TaskReport<number> | undefined = report.tasks['a'];
    expectTypeOf(task).toEqualTypeOf<TaskReport<number> | undefined>();
    expectTypeOf(report).toExtend<GroupReport>();
  });

  it('accepts tasks and options that fit, and nothing else', () => {
    // @ts-expect-error there is no such task
    void resilience.group({ plan: () => 1, write: { after: ['plam'], run: () => 1 } });
    // @ts-expect-error a task has a function
    void resilience.group({ plan: 1 });
    // @ts-expect-error which is named run
    void resilience.group({ plan: { after: [] } });
    // @ts-expect-error the options of a task are those of a call
    void resilience.group({ plan: { run: () => 1, options: { deadlineMs: 'soon' } } });
    // @ts-expect-error a number
    void resilience.group({ plan: () => 1 }, { concurrency: '3' });
    expectTypeOf<{ concurrency: undefined; deadlineMs: false; parent: false }>().toExtend<GroupOptions>();
  });

  it('knows the names of operations if unknown ones are refused', () => {
    const strict = createResilience({ unknownOperations: 'refuse', config: { operations: { chat: {} } } });
    void strict.group({ plan: { operation: 'chat', run: () => 1 } }, { operation: 'chat' });
    // @ts-expect-error there is no such operation
    void strict.group({ plan: { operation: 'chatt', run: () => 1 } });
    // @ts-expect-error nor among the options
    void strict.group({ plan: () => 1 }, { operation: 'chatt' });
  });

  it('knows the names of strategies', () => {
    void resilience.group({ plan: { run: () => 1, options: { strategy: 'critical', key: 'gpt-5' } } });
  });
});
