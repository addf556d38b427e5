import { describe, expect, it } from 'vitest';
import { checkGraph } from '../../../src/groups/graph.js';
import { Check, findCycle } from '../../../src/input/index.js';

/** A graph: each task with those that it runs after. */
const graph = (tasks: Readonly<Record<string, readonly string[]>>) => new Map(Object.entries(tasks));

/** The issues of a graph. */
function issuesOf(tasks: Readonly<Record<string, readonly string[]>>) {
  const check = new Check();
  checkGraph(check, graph(tasks));
  return check.issues.map(({ path, message, suggestion }) => ({ path, message, suggestion }));
}

describe('findCycle()', () => {
  it('returns nothing for tasks that can be ordered', () => {
    expect(findCycle(graph({}))).toBeUndefined();
    expect(findCycle(graph({ a: [], b: ['a'], c: ['a', 'b'], d: ['c', 'a'] }))).toBeUndefined();
    expect(findCycle(graph({ d: ['c', 'b'], c: ['a'], b: ['a'], a: [] }))).toBeUndefined();
  });

  it('returns the tasks of a cycle, each of which waits for the next', () => {
    expect(findCycle(graph({ a: ['b'], b: ['a'] }))).toEqual(['a', 'b', 'a']);
    expect(findCycle(graph({ a: ['b'], b: ['c'], c: ['a'] }))).toEqual(['a', 'b', 'c', 'a']);
    expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a']);
  });

  it('leaves out tasks that only lead to the cycle, or that it leads to', () => {
    const tasks = { start: ['x', 'a'], x: [], a: ['x', 'b'], b: ['c', 'x'], c: ['a'], end: ['c'] };
    expect(findCycle(graph(tasks))).toEqual(['a', 'b', 'c', 'a']);
  });

  it('finds the end of a chain that is longer than the stack', () => {
    const chain = new Map(Array.from({ length: 100_000 }, (_, index) => [`${index}`, [`${index + 1}`]]));
    chain.set('100000', []);
    expect(findCycle(chain)).toBeUndefined();
    chain.set('100000', ['0']);
    expect(findCycle(chain)).toHaveLength(100_002);
  });
});

describe('checkGraph()', () => {
  it('accepts tasks that can be ordered', () => {
    expect(issuesOf({ a: [], b: ['a'], c: ['a', 'b'] })).toEqual([]);
  });

  it('names a task that does not exist, and the one that was probably meant', () => {
    expect(issuesOf({ plan: [], write: ['plam'] })).toEqual([
      { path: 'tasks.write.after.0', message: 'must be the name of another task', suggestion: "Did you mean 'plan'?" },
    ]);
  });

  it('names a task that waits for itself, and one that is named twice', () => {
    expect(issuesOf({ a: [], b: ['a', 'b', 'a'] })).toMatchObject([
      { path: 'tasks.b.after.1', message: 'must not be the task itself: b > b' },
      { path: 'tasks.b.after.2', message: 'must be named only once' },
    ]);
  });

  it('names the way through a cycle', () => {
    expect(issuesOf({ x: [], a: ['x', 'b'], b: ['c'], c: ['a'] })).toMatchObject([
      {
        path: 'tasks.a.after',
        message: 'must not lead back to the task itself; each of these waits for the next: a > b > c > a',
      },
    ]);
  });

  it('shortens the way through a long cycle', () => {
    const ring = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`t${index}`, [`t${(index + 1) % 50}`]]));
    const [issue] = issuesOf(ring);
    expect(issue?.message).toMatch(/: t0 > t1 > .* > t18 > … 31 more … > t0$/);
  });

  it('is not misled by names that objects have by themselves', () => {
    expect(issuesOf({ a: ['constructor'], ['__proto__']: ['a'], toString: ['__proto__'] })).toMatchObject([
      { path: 'tasks.a.after.0', message: 'must be the name of another task' },
    ]);
  });
});
