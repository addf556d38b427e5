import { type GroupReport, GroupScope, type GroupTask, runGroup } from '../groups/index.js';
import { monotonicMs } from '../runtime/index.js';
import type { GroupOptions, ParsedTask } from './group-options.js';
import type { Operation } from './operation.js';
import type { ResilienceContext } from './resilience-context.js';

/** A task and its operation. */
export interface OperationTask {
  readonly operation: Operation;
  readonly task: ParsedTask;
}

/**
 * Runs the tasks of a group as calls of their operations. The scope of the group is the parent of each call, which limits
 * its deadline and follows its signal as it would those of a call around it.
 */
export function startGroup(
  tasks: ReadonlyMap<string, OperationTask>,
  options: GroupOptions,
  context: ResilienceContext,
): Promise<GroupReport> {
  const { concurrency = Number.POSITIVE_INFINITY, deadlineMs, signal } = options;
  const startedAtMs = monotonicMs();
  const parent = context.parentOf(options);
  const limits = { deadlineMs: deadlineMs === false ? undefined : deadlineMs, signal, parent };
  const scope = new GroupScope(limits, context.links, startedAtMs);
  const prepared = new Map([...tasks].map(([name, each]) => [name, prepareTask(each, scope, options.context)]));
  return runGroup(prepared, { scope, concurrency, startedAtMs, findRefusal: () => context.findRefusal() });
}

function prepareTask(
  { operation, task }: OperationTask,
  parent: GroupScope,
  shared: GroupOptions['context'],
): GroupTask {
  const { after, run } = task;
  const context = shared === undefined ? task.options.context : { ...shared, ...task.options.context };
  const options = { ...task.options, context, parent };
  return {
    after,
    operation: operation.name,
    signal: options.signal,
    begin: (results) => operation.inspect((call) => run(call, results), options),
  };
}
