import { type Check, didYouMean, formatKeyPath } from '../input/index.js';

/** The tasks in the order of their declaration, each with the tasks that it runs after. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Names of a cycle that an error message shows at most. */
const SHOWN_NAMES = 20;

/** Checks that every task runs after others that exist, each named once, and that an order of them exists. */
export function checkGraph(check: Check, graph: Graph): void {
  const before = check.issues.length;
  for (const [name, after] of graph) checkDependencies(check, graph, name, after);
  // Of a graph with dependencies that do not exist, a cycle would be found again after they are corrected.
  if (check.issues.length > before) return;
  const cycle = findCycle(graph);
  const [first] = cycle ?? [];
  if (cycle === undefined || first === undefined) return;
  const message = `must not lead back to the task itself; each of these waits for the next: ${formatCycle(cycle)}`;
  check.addIssue(`${formatKeyPath('tasks', first)}.after`, message, graph.get(first));
}

function checkDependencies(check: Check, graph: Graph, name: string, after: readonly string[]): void {
  const seen = new Set<string>();
  for (const [index, each] of after.entries()) {
    const path = `${formatKeyPath('tasks', name)}.after.${index}`;
    if (each === name) {
      check.addIssue(path, `must not be the task itself: ${name} > ${name}`, each);
    } else if (!graph.has(each)) {
      check.addIssue(path, 'must be the name of another task', each, didYouMean(each, [...graph.keys()]));
    } else if (seen.has(each)) {
      check.addIssue(path, 'must be named only once', each);
    }
    seen.add(each);
  }
}

/**
 * Finds a cycle: each task in it waits for the next, and the last is the first again. Returns `undefined` if there is none.
 * Every dependency must exist. Takes time in proportion to tasks and dependencies, and no stack.
 */
export function findCycle(graph: Graph): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const start of graph.keys()) {
    if (finished.has(start)) continue;
    // The tasks on the way from the start, each with what is left to follow of its dependencies.
    const way = new Map([[start, listLeft(graph, start)]]);
    const path = [start];
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = way.get(last)?.pop();
      if (next === undefined) {
        finished.add(last);
        way.delete(last);
        path.pop();
      } else if (way.has(next)) {
        return [...path.slice(path.indexOf(next)), next];
      } else if (!finished.has(next)) {
        way.set(next, listLeft(graph, next));
        path.push(next);
      }
    }
  }
  return undefined;
}

/** The dependencies of a task, the first of them last: the next to follow is taken from the end. */
function listLeft(graph: Graph, name: string): string[] {
  return (graph.get(name) ?? []).toReversed();
}

/** `a > b > a`. */
function formatCycle(cycle: readonly string[]): string {
  if (cycle.length <= SHOWN_NAMES) return cycle.join(' > ');
  const hidden = cycle.length - SHOWN_NAMES;
  return [...cycle.slice(0, SHOWN_NAMES - 1), `… ${hidden} more …`, cycle.at(-1)].join(' > ');
}
