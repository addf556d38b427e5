import type { AttemptRecord, StopReason } from '../pipeline/index.js';

/** How one task of a group ended. */
export type TaskReport<T = unknown> = TaskRecord &
  (
    | { readonly status: 'done'; readonly value: T }
    /** Its call rejected. */
    | { readonly status: 'failed'; readonly error: unknown; readonly stopReason: StopReason }
    /** Its deadline passed, or that of the group, whether or not it had started. */
    | { readonly status: 'timed_out'; readonly error: unknown }
    /** It did not start, since `task` was not done: the first that did not succeed, directly or through others. */
    | {
        readonly status: 'cancelled';
        readonly because: 'dependency';
        readonly task: string;
        /** The error of that task. */
        readonly error: unknown;
      }
    /** A signal ended it: that of the group, of its parent, or its own. */
    | {
        readonly status: 'cancelled';
        readonly because: 'signal';
        /** The reason of the signal. */
        readonly error: unknown;
      }
  );

/** What is known of every task of a group. */
export interface TaskRecord {
  /** The operation of its call. */
  readonly operation: string;
  /** Every attempt of its call, in order; none if it did not start. */
  readonly attempts: readonly AttemptRecord[];
  /** When it started, in milliseconds since 1970; `undefined` if it did not. */
  readonly startedAt: number | undefined;
  /** How long its call took, in milliseconds; 0 if it did not start. */
  readonly durationMs: number;
}

/**
 * What `group` resolves to.
 *
 * @typeParam Values the values of the tasks, by name.
 */
export type GroupReport<Values = Readonly<Record<string, unknown>>> = {
  /** The errors of the tasks that failed or timed out, by name. Cancelled tasks are only in `tasks`. */
  readonly errors: { readonly [Name in keyof Values]?: unknown };
  /** How each task ended, by name, in the order of their declaration. */
  readonly tasks: { readonly [Name in keyof Values]: TaskReport<Values[Name]> };
  /** The duration of the whole group, in milliseconds. */
  readonly totalMs: number;
} & (
  | {
      /** Whether every task is done. */
      readonly ok: true;
      /** The values of the tasks that are done, by name. */
      readonly results: { readonly [Name in keyof Values]: Values[Name] };
    }
  | { readonly ok: false; readonly results: { readonly [Name in keyof Values]?: Values[Name] } }
);
