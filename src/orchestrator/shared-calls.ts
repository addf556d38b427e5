import { type ResolvedCacheOptions, type SharedRun, SharedRuns } from '../cache/index.js';
import { type Interruption, isStream, type LiveCall, type StageAttempt } from '../pipeline/index.js';
import { joinKeys, LONGEST_TIMER_MS, monotonicMs } from '../runtime/index.js';
import type { FinishedCall } from './finished-call.js';
import type { CallRecord } from './report.js';

/** What a call got from an execution, or from a value that was kept. */
export type SharedOutcome =
  | {
      readonly status: 'value';
      readonly value: unknown;
      readonly cached: CallRecord['cached'];
      /** The execution that the value comes from; `undefined` for a value that was kept. */
      readonly source: LiveCall | undefined;
    }
  | {
      readonly status: 'error';
      readonly error: unknown;
      readonly cached: CallRecord['cached'];
      readonly finished: FinishedCall | undefined;
    }
  /** The value is a stream, which another call got: this one runs its own function. */
  | { readonly status: 'alone' };

/** A call that waits for an execution, which it may share with others. */
export class WaitingCall {
  readonly cache: ResolvedCacheOptions;
  /** Starts the execution, if this call is the first one. */
  readonly execute: (execution: Execution) => void;
  outcome: SharedOutcome | undefined;
  run: SharedRun<WaitingCall> | undefined;
  wake: () => void = () => undefined;

  constructor(cache: ResolvedCacheOptions, execute: WaitingCall['execute']) {
    this.cache = cache;
    this.execute = execute;
  }

  settle(outcome: SharedOutcome): void {
    this.outcome = outcome;
    this.wake();
  }
}

/** One execution, as the code that carries it out knows it. */
export interface Execution {
  /** How long the calls that share it wait at most. */
  remainingMs(): number;
  onStarted(call: LiveCall): void;
  onValue(value: unknown, call: LiveCall): void;
  onError(error: unknown, finished: FinishedCall | undefined): void;
}

/** How far an execution is. */
interface Progress {
  call: LiveCall | undefined;
  /** Called when it has ended, after the last call that waited was interrupted. */
  onEnd: ((finished: FinishedCall | undefined) => void) | undefined;
}

/** Lets calls of one operation share executions and values. */
export class SharedCalls {
  readonly #runs = new SharedRuns<WaitingCall>();
  readonly #executions = new WeakMap<SharedRun<WaitingCall>, Progress>();

  /** Executions in progress. */
  get running(): number {
    return this.#runs.running;
  }

  /** Waits until the call has its outcome. Rejects if the call is interrupted; then {@link leave} must be called. */
  enter(waiting: WaitingCall, attempt: StageAttempt): Promise<unknown> {
    const { key, ttlMs } = waiting.cache;
    const kept = this.#runs.findValue(joinKeys(attempt.key, key), monotonicMs(), ttlMs);
    if (kept === undefined) return this.#wait(waiting, attempt, () => this.#join(waiting, attempt));
    waiting.outcome = { status: 'value', value: kept.value, cached: 'hit', source: undefined };
    return Promise.resolve();
  }

  /**
   * Removes a call that was interrupted. If no other waits for its execution, that is interrupted as well.
   *
   * @param onLeft called at once, or when the execution has ended.
   */
  leave(
    waiting: WaitingCall,
    interruption: Interruption | undefined,
    onLeft: (finished: FinishedCall | undefined, cached: CallRecord['cached']) => void,
  ): void {
    const { run } = waiting;
    const execution = run === undefined ? undefined : this.#executions.get(run);
    run?.remove(waiting);
    const cached = run === undefined || run.first === waiting ? false : 'shared';
    // With an outcome, the execution ended in the moment in which this call was interrupted.
    const isOver = waiting.outcome !== undefined || interruption === undefined;
    if (run === undefined || execution?.call === undefined || isOver || run.waiters.size > 0) {
      onLeft(undefined, cached);
      return;
    }
    this.#runs.end(run);
    execution.onEnd = (finished) => onLeft(finished, cached);
    execution.call.interrupt(interruption);
  }

  async #wait(waiting: WaitingCall, attempt: StageAttempt, join: () => void): Promise<void> {
    let isJoined = false;
    do {
      await attempt.wait(LONGEST_TIMER_MS, (wake) => {
        waiting.wake = wake;
        if (isJoined) return;
        isJoined = true;
        join();
      });
    } while (waiting.outcome === undefined);
  }

  #join(waiting: WaitingCall, { call, key: callKey }: StageAttempt): void {
    const { key, ttlMs, maxEntries } = waiting.cache;
    const endsAtMs = call.deadlineMs === undefined ? Number.POSITIVE_INFINITY : call.startedAtMs + call.deadlineMs;
    const joined = joinKeys(callKey, key);
    const known = this.#runs.findRun(joined);
    const run = known ?? this.#runs.start(joined, waiting);
    waiting.run = run;
    run.add(waiting, ttlMs, endsAtMs);
    if (known === undefined) this.#execute(run, maxEntries);
  }

  #execute(run: SharedRun<WaitingCall>, maxEntries: number): void {
    const execution: Progress = { call: undefined, onEnd: undefined };
    this.#executions.set(run, execution);
    run.first.execute({
      remainingMs: () => Math.max(0, run.endsAtMs - monotonicMs()),
      onStarted: (call) => {
        execution.call = call;
      },
      onValue: (value, call) => {
        this.#runs.end(run);
        const isShared = call.streaming === undefined && !isStream(value);
        if (isShared) this.#runs.keep(run, value, monotonicMs(), maxEntries);
        let isTaken = false;
        for (const waiting of run.waiters) {
          const cached = waiting === run.first ? false : 'shared';
          if (isTaken && !isShared) waiting.settle({ status: 'alone' });
          else waiting.settle({ status: 'value', value, cached, source: call });
          isTaken = true;
        }
        // The last one left in the moment in which the value came.
        execution.onEnd?.(undefined);
      },
      onError: (error, finished) => {
        this.#runs.end(run);
        for (const waiting of run.waiters) {
          waiting.settle({ status: 'error', error, finished, cached: waiting === run.first ? false : 'shared' });
        }
        execution.onEnd?.(finished);
      },
    });
  }
}
