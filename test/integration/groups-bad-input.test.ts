import { createResilience, type TaskFunction } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, issuesIn, untyped } from '../support/calls.js';

const run = () => 1;

/** The paths and messages of what is refused. */
async function refused(tasks: unknown, options?: unknown): Promise<string[]> {
  const resilience = createResilience();
  const issues = issuesIn(await errorOf(untyped(resilience).group(tasks, options)));
  expect(resilience.snapshot().operations).toEqual({});
  return issues.map(({ path, message, suggestion = '' }) => `${path}: ${message}. ${suggestion}`);
}

describe('a group with bad input', () => {
  it('is refused before anything runs, with the way through its cycle', async () => {
    const spy = vi.fn();
    const tasks = { x: spy, a: { after: ['b'], run }, b: { after: ['c'], run }, c: { after: ['a'], run } };
    expect(await refused(tasks)).toEqual([
      'tasks.a.after: must not lead back to the task itself; each of these waits for the next: a > b > c > a. ',
    ]);
    expect(spy).not.toHaveBeenCalled();
  });

  it.each([
    [{ a: { after: ['a'], run } }, 'tasks.a.after.0: must not be the task itself: a > a. '],
    [{ a: run, b: { after: ['a', 'a'], run } }, 'tasks.b.after.1: must be named only once. '],
    [
      { plan: run, b: { after: ['plna'], run } },
      "tasks.b.after.0: must be the name of another task. Did you mean 'plan'?",
    ],
    [{ a: { after: 'b', run } }, 'tasks.a.after: must be an array of the names of other tasks. '],
    [{ a: { after: [1], run } }, 'tasks.a.after: must be an array of the names of other tasks. '],
    [{ a: {} }, 'tasks.a.run: must be a function. Write a function, such as (call) => ask().'],
    [{ a: { run: Promise.resolve() } }, 'tasks.a.run: must be a function. Write a function, such as (call) => ask().'],
    [
      { a: { run, operation: '' } },
      'tasks.a.operation: must be a string of 1 to 256 characters without control characters. ',
    ],
    [{ a: { run, options: { deadlineMs: 0 } } }, /^tasks\.a\.options\.deadlineMs: must be a number from 1 /],
    [{ a: { run, options: { strategy: 'critcal' } } }, /^tasks\.a\.options\.strategy: must be one of .*critical/],
    [
      { a: { run, options: { parent: false } } },
      /^tasks\.a\.options\.parent: is unknown; .* Write it in the options of the group\.$/,
    ],
    [{ a: { run, key: 'gpt-5' } }, /^tasks\.a\.key: is unknown; .* options/],
    [{ a: { run, dependsOn: [] } }, /^tasks\.a\.dependsOn: is unknown; expected one of after, operation, options, run/],
    [{ a: 1 }, /^tasks\.a: must be a function, or an object whose run is one\. Write a function, or/],
    [{ a: null }, /^tasks\.a: must be a function, or an object whose run is one/],
    [{ '': run }, /^tasks\[""\]: must be a string of 1 to 256 characters/],
    [{ 'a\nb': run }, /^tasks\["a\\nb"\]: must be a string of 1 to 256 characters/],
    [[run], /^tasks: must be a plain object/],
    [undefined, /^tasks: must be a plain object/],
    [new Map(), /^tasks: must be a plain object/],
  ])('is refused with %o', async (tasks, issue) => {
    const issues = await refused(tasks);
    expect(issues).toHaveLength(1);
    if (typeof issue === 'string') expect(issues[0]).toBe(issue);
    else expect(issues[0]).toMatch(issue);
  });

  it.each([
    [{ concurrency: 0 }, 'options.concurrency: must be a whole number from 1 to 1000000'],
    [{ concurrency: 1.5 }, 'options.concurrency: must be a whole number from 1 to 1000000'],
    [{ limit: 3 }, 'options.limit: is unknown'],
    [{ deadlineMs: -1 }, 'options.deadlineMs: must be a number from 1 '],
    [{ signal: {} }, 'options.signal: must be an AbortSignal'],
    [{ parent: {} }, 'options.parent: must be the call that the surrounding function received, or false'],
    [{ context: 1 }, 'options.context: must be a plain object'],
    [{ operation: '' }, 'options.operation: must be a string of 1 to 256'],
    [{ key: 'gpt-5' }, 'options.key: is unknown'],
    [3, 'options: must be a plain object'],
  ])('is refused with the options %o', async (options, issue) => {
    expect(await refused({ a: run }, options)).toEqual([expect.stringContaining(issue)]);
  });

  it('is refused with everything that is wrong', async () => {
    const issues = await refused({
      a: 1,
      b: { run, operation: 3 },
      c: { after: ['x'] },
      d: { after: ['nowhere'], run },
    });
    expect(issues.map((issue) => issue.slice(0, issue.indexOf(':')))).toEqual([
      'tasks.a',
      'tasks.b.operation',
      'tasks.c.run',
    ]);
  });

  it('is refused before anything runs with targets or a fallback of a task that are wrong', async () => {
    const issues = await refused({
      a: { run, options: { targets: [] } },
      b: { after: ['a'], run, options: { fallback: 3 } },
    });
    expect(issues.map((issue) => issue.slice(0, issue.indexOf(':')))).toEqual([
      'tasks.a.options.targets',
      'tasks.b.options.fallback',
    ]);
  });

  it('is refused when a getter throws, and reads every field once', async () => {
    const throwing = {
      get a() {
        throw new Error('no');
      },
    };
    expect(await refused(throwing)).toEqual(['tasks: must be readable, but one of its getters throws. ']);
    let reads = 0;
    const task = {
      run,
      get after() {
        reads += 1;
        return reads === 1 ? [] : ['b'];
      },
    };
    const report = await untyped(createResilience()).group({ a: task, b: { after: ['a'], run } });
    expect(report).toMatchObject({ ok: true });
    expect(reads).toBe(1);
  });

  it('is refused with operations that are not known, if those are, and names each', async () => {
    const resilience = createResilience({ unknownOperations: 'refuse', config: { operations: { chat: {} } } });
    const spy = vi.fn();
    const tasks = { chat: spy, plan: spy, write: { operation: 'chatt', run: spy } };
    const { group } = untyped(createResilience({ unknownOperations: 'refuse', config: { operations: { chat: {} } } }));
    expect(issuesIn(await errorOf(group(tasks)))).toMatchObject([
      { path: 'tasks.plan', message: 'must be one of chat', received: 'the string "plan"' },
      { path: 'tasks.write.operation', suggestion: "Did you mean 'chat'?" },
    ]);
    expect(issuesIn(await errorOf(group({ a: spy }, { operation: 'embed' })))).toMatchObject([
      { path: 'options.operation' },
    ]);
    expect(spy).not.toHaveBeenCalled();
    expect(await resilience.group({ plan: () => 1 }, { operation: 'chat' })).toMatchObject({ ok: true });
  });
});

describe('tasks with odd names', () => {
  it('are run and reported like any other', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'then', 'signal', 'a b', '🐚'];
    const tasks: Record<string, TaskFunction<string>> = Object.fromEntries(
      names.map((name) => [name, () => `value of ${name}`]),
    );
    const { ok, results, tasks: reports, errors } = await createResilience().group(tasks, { operation: 'chat' });
    expect(ok).toBe(true);
    expect(Object.keys(results)).toEqual(names);
    expect(Object.keys(reports)).toEqual(names);
    expect(Object.values(results)).toEqual(names.map((name) => `value of ${name}`));
    expect(errors['constructor']).toBeUndefined();
    expect(Reflect.get({}, 'value of __proto__')).toBeUndefined();
  });

  it('pass their values on, and only those', async () => {
    const tasks = JSON.parse('{ "__proto__": 1, "constructor": 1, "last": 1 }');
    const run = vi.fn((_call: unknown, results: object) => Object.entries(results));
    tasks.constructor = () => 'built';
    Object.defineProperty(tasks, '__proto__', { value: () => 'proto', enumerable: true });
    tasks.last = { after: ['__proto__'], run };
    const { results } = await createResilience().group<Record<string, unknown>, unknown, unknown>(tasks);
    expect(results['last']).toEqual([['__proto__', 'proto']]);
    expect(Reflect.get(run.mock.calls[0]?.[1] ?? {}, 'constructor')).toBeUndefined();
  });
});
