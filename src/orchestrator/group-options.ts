import type { Catalog } from '../config/presets/catalog.js';
import type { StrategyName } from '../config/presets/names.js';
import { checkGraph, type Graph, type ParentCall } from '../groups/index.js';
import {
  anyFunction,
  anyThat,
  Check,
  copyOnce,
  formatKeyPath,
  isArray,
  isReadableRecord,
  name,
  numberWithin,
  type Part,
  part,
  readOnce,
  readOrRefuse,
  setting,
} from '../input/index.js';
import type { Call } from '../pipeline/index.js';
import { CALL_OPTIONS, checkParts, type ExecuteOptions, readCallOptions } from './options.js';

/** Options of the call of one task. */
export type TaskOptions<Strategy extends string = StrategyName> = Omit<ExecuteOptions<Strategy, unknown>, 'parent'>;

/**
 * A task of a group.
 *
 * @typeParam Value what `run` returns.
 * @typeParam Results the values of the tasks that it runs after.
 */
export interface Task<
  Value = unknown,
  Results = Readonly<Record<string, unknown>>,
  Name extends string = string,
  Strategy extends string = StrategyName,
> {
  /** The names of the tasks that must be done before this one starts. Default: none. */
  readonly after?: readonly string[] | undefined;
  /** The operation of its call. Default: that of the group, or else the name of the task. */
  readonly operation?: Name | undefined;
  /** Options of its call. Its deadline is never later than that of the group. */
  readonly options?: TaskOptions<Strategy> | undefined;
  /** Called at each attempt with the call and the values of the tasks in `after`, by name. */
  run(call: Call, results: Results): Value;
}

/** A function that is a whole task: it runs after no other. */
export type TaskFunction<Value = unknown> = (call: Call) => Value;

/** Options of a group of tasks. */
export interface GroupOptions<Name extends string = string> {
  /** The most tasks that run at a time. Default: no limit. */
  readonly concurrency?: number | undefined;
  /** The longest that the whole group may take, in milliseconds; `false`: no limit. Default `false`. */
  readonly deadlineMs?: number | false | undefined;
  /** The caller's signal: when it aborts, running tasks end at once and no other starts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The parent call: the group ends when the parent ends, and never takes longer than the parent has left. `false`: none.
   * Default: with `asyncContext: true` the call whose function it is made in, otherwise none.
   */
  readonly parent?: ParentCall | false | undefined;
  /** Values for the `call.context` of every task. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** The operation of tasks that name none. Default: the name of each. */
  readonly operation?: Name | undefined;
}

/** The dependencies of tasks, inferred by name from the tasks of a group. */
export type TasksAfter<After, Names> = {
  readonly [Name in keyof After]:
    | TaskFunction
    | {
        readonly after?: readonly (After[Name] & Names)[] | undefined;
        readonly operation?: string | undefined;
        readonly options?: object | undefined;
        run: unknown;
      };
};

/**
 * The tasks of a group by what their functions return. A function whose parameters have no types has no type itself before
 * those are inferred, so that its value is `unknown` to the tasks after it, unless they declare it.
 */
export type TasksOf<Returned, After, Name extends string, Strategy extends string> = {
  readonly [Key in keyof Returned]:
    | TaskFunction<Returned[Key]>
    | Task<Returned[Key], ResultsFor<Returned, Key extends keyof After ? After[Key] : never>, Name, Strategy>;
};

/** The values of the tasks that a task runs after. */
export type ResultsFor<Returned, After> = {
  readonly [Name in unknown extends After ? never : After & keyof Returned]: Awaited<Returned[Name]>;
};

/** The values of tasks, by name. */
export type TaskValues<Tasks> = {
  readonly [Name in keyof Tasks]: Tasks[Name] extends (...args: never) => infer Returned
    ? Awaited<Returned>
    : Tasks[Name] extends { run(...args: never): infer Returned }
      ? Awaited<Returned>
      : never;
};

/** A task whose input has been checked. */
export interface ParsedTask {
  readonly operation: string;
  /** Where its operation was given, for an error. */
  readonly operationPath: string;
  readonly after: readonly string[];
  readonly options: TaskOptions;
  readonly run: Task['run'];
}

const RUNNING = { min: 1, max: 1_000_000, integer: true };

const { parent: _, ...TASK_CALL_OPTIONS } = CALL_OPTIONS.settings;

const IN_A_TASK = 'Write it in the options of a task.';

const GROUP_OPTIONS: Part<GroupOptions> = part(
  {
    concurrency: setting(numberWithin(RUNNING), {
      description: '',
      advice: 'Write a whole number: how many tasks run at a time.',
      alsoCalled: { limit: '', maxConcurrency: '', parallelism: '' },
    }),
    deadlineMs: CALL_OPTIONS.settings.deadlineMs,
    signal: CALL_OPTIONS.settings.signal,
    parent: CALL_OPTIONS.settings.parent,
    context: CALL_OPTIONS.settings.context,
    operation: setting(name()),
  },
  {
    advice: 'Write options, such as { deadlineMs: 60000 }.',
    elsewhere: Object.fromEntries(Object.keys(TASK_CALL_OPTIONS).map((each) => [each, IN_A_TASK])),
  },
);

const TASK_OPTIONS: Part<TaskOptions> = part(TASK_CALL_OPTIONS, {
  ...CALL_OPTIONS.info,
  elsewhere: { ...CALL_OPTIONS.info.elsewhere, parent: 'Write it in the options of the group.' },
});

const IN_OPTIONS = 'Write it in options.';

const TASK: Part<Task> = part(
  {
    after: setting(anyThat<readonly string[]>(isNames, 'must be an array of the names of other tasks')),
    operation: setting(name()),
    options: setting(TASK_OPTIONS),
    run: setting(anyFunction<Task['run']>(), { description: '', advice: 'Write a function, such as (call) => ask().' }),
  },
  {
    elsewhere: Object.fromEntries(Object.keys(TASK_CALL_OPTIONS).map((each) => [each, IN_OPTIONS])),
    requires: ({ run }, refuse) => {
      if (run === undefined) refuse(['run'], 'must be a function', run);
    },
  },
);

/**
 * Reads the options of a group once and checks them.
 *
 * @throws {ConfigurationError} listing every issue.
 */
export function parseGroupOptions(given: GroupOptions | undefined): GroupOptions {
  const own = copyOnce('options', given ?? {}, 1);
  const check = new Check();
  check.settings('options', own, GROUP_OPTIONS);
  check.throwIfInvalid();
  return own;
}

/**
 * Reads the tasks of a group once and checks them: each by itself, and that an order exists.
 *
 * @throws {ConfigurationError} listing every issue.
 */
export function parseTasks(
  given: unknown,
  catalog: Catalog,
  usual: string | undefined,
): ReadonlyMap<string, ParsedTask> {
  const own = copyOnce('tasks', given, 1);
  const check = new Check();
  const parsed = new Map<string, ParsedTask>();
  for (const [each, task] of Object.entries(check.record('tasks', own) ?? {})) {
    const path = formatKeyPath('tasks', each);
    const found = check.name(path, each) ? parseTask(check, path, readTask(path, task), catalog) : undefined;
    if (found === undefined) continue;
    const { operation, ...others } = found;
    const isOwn = operation !== undefined;
    const operationPath = isOwn ? `${path}.operation` : usual === undefined ? path : 'options.operation';
    parsed.set(each, { ...others, operation: operation ?? usual ?? each, operationPath });
  }
  // A task that is refused must not make the tasks after it wrong.
  check.throwIfInvalid();
  const graph: Graph = new Map([...parsed].map(([each, { after }]) => [each, after]));
  checkGraph(check, graph);
  check.throwIfInvalid();
  return parsed;
}

interface FoundTask extends Omit<ParsedTask, 'operation' | 'operationPath'> {
  readonly operation: string | undefined;
}

const NO_TASK = 'must be a function, or an object whose run is one';

function parseTask(check: Check, path: string, task: unknown, catalog: Catalog): FoundTask | undefined {
  if (isFunction(task)) return { operation: undefined, after: [], options: {}, run: task };
  if (!isReadableRecord(task)) {
    check.addIssue(path, NO_TASK, task, "Write a function, or { after: ['other'], run: (call, results) => ask() }.");
    return undefined;
  }
  if (!isTask(check, path, task)) return undefined;
  const { after = [], operation, options = {}, run } = task;
  checkParts(check, `${path}.options`, options, catalog);
  return { after, operation, options, run };
}

function isTask(check: Check, path: string, task: object): task is Task {
  return check.settings(path, task, TASK);
}

function isFunction(value: unknown): value is Task['run'] {
  return typeof value === 'function';
}

/** Copies a task, reading every field once. What is no task is left for the check to refuse. */
function readTask(path: string, given: unknown): unknown {
  return readOnce(path, given, (own) => {
    if (!isReadableRecord(own)) return own;
    const { after, options } = own;
    return {
      ...own,
      ...(isArray(after) && { after: readOrRefuse(`${path}.after`, after, () => [...after]) }),
      ...(isReadableRecord(options) && { options: readCallOptions(`${path}.options`, options) }),
    };
  });
}

function isNames(value: unknown): boolean {
  return isArray(value) && value.every((each) => typeof each === 'string');
}
