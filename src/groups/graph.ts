import { type Check, didYouMean, findCycle, formatKeyPath } from '../input/index.js';

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

/** `a > b > a`. */
function formatCycle(cycle: readonly string[]): string {
  if (cycle.length <= SHOWN_NAMES) return cycle.join(' > ');
  const hidden = cycle.length - SHOWN_NAMES;
  return [...cycle.slice(0, SHOWN_NAMES - 1), `… ${hidden} more …`, cycle.at(-1)].join(' > ');
}
