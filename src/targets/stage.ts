import { NoTargetError, withoutStack } from '../errors/index.js';
import type {
  Failure,
  FailureKind,
  Run,
  SkippedTarget,
  StageAttempt,
  StageCall,
  StopReason,
} from '../pipeline/index.js';
import { monotonicMs, type Random, rejectLater } from '../runtime/index.js';
import { type Choice, chooseTarget } from './choose-target.js';
import type { TargetLane, TargetOfCall, TargetOrder, WhenNoneAvailable } from './target.js';

/** How long an attempt waits for its target while another one is available, in milliseconds. */
const PATIENCE_MS = 1_000;
/** The same for the target that a conversation is pinned to: its cache is worth a longer wait. */
const PINNED_PATIENCE_MS = 10_000;

/**
 * How long a call waits for a lane whose breaker tries other calls, in milliseconds; up to twice as long at random, so that
 * those that wait look again one after another.
 */
const TRIAL_WAIT_MS = 250;

/** After these, another key of the same target may succeed. */
const OF_ONE_KEY: ReadonlySet<FailureKind | StopReason> = new Set<FailureKind | StopReason>([
  'rate_limited',
  'quota_exhausted',
  'auth',
  'quota_held',
  'capacity',
]);

/** Why a call moved to another target: what its failure means, or the stage that rejected it. */
export type MoveReason = FailureKind | StopReason;

/** Receives what happens between targets; its methods must not throw. */
export interface TargetListener {
  /** @param attempt the first one in its new lane. */
  targetMoved(attempt: StageAttempt, move: { readonly from: string; readonly reason: MoveReason }): void;
}

/** The pin of one call's conversation. */
export interface Pin {
  /** The target that it is pinned to; `undefined`: none. */
  readonly target: string | undefined;
  /** Pins it to a target from now on. */
  set(target: string): void;
}

/** The parts of a run over targets. */
export interface TargetParts {
  readonly order: TargetOrder;
  readonly whenNoneAvailable: WhenNoneAvailable;
  /** The longest wait for a target, in milliseconds. */
  readonly maxWaitMs: number;
  readonly random: Random;
  readonly listener: TargetListener;
  /** The targets of a call, in the order of their list. */
  readonly targetsOf: (call: StageCall) => readonly TargetOfCall[];
  /** Whether a target accepts a call, or else why not; must not throw. */
  readonly accepts: (target: TargetOfCall, attempt: StageAttempt) => true | string;
  /** The pin of a call's conversation; `undefined`: it has none. Must not throw. */
  readonly pinOf: (attempt: StageAttempt) => Pin | undefined;
}

/**
 * Runs the attempts of a call in the lanes of its targets: one after another until one succeeds, or fails in a way that
 * another target would as well. Each target has its own stages; all share the deadline of the call.
 */
export function targetRun(parts: TargetParts): Run {
  return (attempt) => new TargetedCall(parts, attempt).start(attempt);
}

/** What to do next: run in a lane, wait until one is available, or end. */
type Step =
  | {
      readonly do: 'run';
      readonly lane: TargetLane;
      readonly run: Run;
      readonly patienceMs: () => number;
      /** Whether the call ends if a stage rejects the attempt, as is expected. */
      readonly isLast?: boolean;
    }
  | { readonly do: 'wait'; readonly lane: TargetLane; readonly waitMs: number }
  | { readonly do: 'end' };

const END = { do: 'end' } as const;

/** One call and its targets. */
class TargetedCall {
  readonly #parts: TargetParts;
  readonly #call: StageCall;
  readonly #targets: readonly TargetOfCall[];
  readonly #pin: Pin | undefined;
  readonly #done: TargetLane[] = [];
  /** Until when a lane whose breaker has rejected the call is not tried again. */
  #resting: Map<TargetLane, number> | undefined;
  /** The answer of each target that was asked whether it accepts the call. */
  #accepted: Map<TargetOfCall, true | string> | undefined;
  /** The last failure of the function, with its error. */
  #failed: { readonly error: unknown; readonly failure: Failure } | undefined;
  /** The first rejection by a stage, while the function has not failed. */
  #rejection: { readonly error: unknown } | undefined;
  #waitUntilMs: number | undefined;
  /** A move that is reported once it is known where it leads: the attempt may wait for a target first. */
  #moving: { readonly from: TargetLane; readonly reason: MoveReason } | undefined;

  constructor(parts: TargetParts, first: StageAttempt) {
    this.#parts = parts;
    this.#call = first.call;
    this.#targets = parts.targetsOf(first.call);
    this.#pin = parts.pinOf(first);
  }

  start(attempt: StageAttempt): Promise<unknown> {
    const step = this.#firstListed(attempt) ?? this.#nextStep(attempt);
    if (step.do !== 'end') return this.#take(attempt, step);
    const error = withoutStack(() => new NoTargetError(attempt.operation, this.#call.skippedTargets));
    return attempt.reject('no_target', error);
  }

  /** The first target, if it is available and the order prefers it: the others need not be looked at. */
  #firstListed(attempt: StageAttempt): Exclude<Step, typeof END> | undefined {
    const [first] = this.#targets;
    if (this.#parts.order !== 'listed' || this.#pin !== undefined || first === undefined) return undefined;
    if (first.on !== undefined || !this.#accepts(first, attempt)) return undefined;
    const { lanes } = first;
    const [lane] = lanes;
    if (lane === undefined || lanes.length > 1 || lane.unavailable !== undefined) return undefined;
    return this.#runIn(lane, attempt, PATIENCE_MS);
  }

  #runIn(lane: TargetLane, attempt: StageAttempt, longestMs: number): Extract<Step, { do: 'run' }> {
    return { do: 'run', lane, run: lane.run, patienceMs: () => this.#patienceMs(attempt, lane, longestMs) };
  }

  #take(attempt: StageAttempt, step: Exclude<Step, typeof END>): Promise<unknown> {
    return step.do === 'run' ? this.#run(attempt, step) : this.#wait(attempt, step.waitMs);
  }

  #run(attempt: StageAttempt, { lane, run, patienceMs, isLast }: Extract<Step, { do: 'run' }>): Promise<unknown> {
    attempt.moveTo(lane.lane, { target: lane.target, patienceMs });
    if (isLast !== true) this.#reportMove(attempt, lane);
    const value = run(attempt);
    const onValue = this.#pin === undefined ? undefined : (given: unknown) => this.#keepPin(lane, given);
    return value.then(onValue, (error: unknown) => {
      const reason = this.#record(attempt, error);
      if (reason === undefined || (isLast === true && attempt.rejectedBy !== undefined)) return value;
      if (attempt.rejectedBy === 'breaker_open' && this.#parts.whenNoneAvailable === 'wait') this.#rest(lane);
      else {
        if (attempt.rejectedBy !== undefined) this.#rejection ??= { error };
        this.#finish(lane, reason);
      }
      return this.#move(attempt, lane, reason);
    });
  }

  /** The call does not come back to a lane that has failed, nor to other keys of its target that would fail as well. */
  #finish(lane: TargetLane, reason: MoveReason): void {
    const ofTarget = this.#targets.find(({ name }) => name === lane.target.name)?.lanes ?? [lane];
    for (const each of OF_ONE_KEY.has(reason) ? [lane] : ofTarget) this.#done.push(each);
  }

  /** Returns why the call may move on; `undefined`: it ends with this error. */
  #record(attempt: StageAttempt, error: unknown): MoveReason | undefined {
    const call = this.#call;
    if (call.interruption !== undefined) return undefined;
    if (attempt.rejectedBy !== undefined) return attempt.rejectedBy;
    const failure = attempt.failureOf(error);
    this.#failed = { error, failure };
    if (call.retryForbidden || !call.replayable || (!call.idempotent && failure.unexecuted !== true)) return undefined;
    return failure.kind;
  }

  /** The breaker tries other calls, or has just opened: the lane is available again later. */
  #rest(lane: TargetLane): void {
    this.#resting ??= new Map();
    this.#resting.set(lane, monotonicMs() + this.#drawTrialWaitMs());
  }

  #drawTrialWaitMs(): number {
    return TRIAL_WAIT_MS * (1 + this.#parts.random());
  }

  #move(attempt: StageAttempt, from: TargetLane, reason: MoveReason): Promise<unknown> {
    const step = this.#nextStep(attempt);
    if (step.do === 'end') return this.#end();
    const next = this.#call.nextAttempt({ lane: step.lane.lane, target: step.lane.target });
    this.#moving = { from, reason };
    return this.#take(next, step);
  }

  #reportMove(attempt: StageAttempt, to: TargetLane): void {
    const move = this.#moving;
    this.#moving = undefined;
    // It may have waited for the lane that rejected it.
    if (move === undefined || move.from === to) return;
    this.#parts.listener.targetMoved(attempt, { from: move.from.target.name, reason: move.reason });
  }

  /** Ends the call with the last failure of the function, or else with the first rejection. */
  #end(): Promise<never> {
    return rejectLater((this.#failed ?? this.#rejection)?.error);
  }

  /** Waits until a target is available, and then chooses again: it need not be the expected one. */
  async #wait(attempt: StageAttempt, waitMs: number): Promise<unknown> {
    const lanes = this.#targets.flatMap((each) => this.#left(each));
    let leave: readonly (() => void)[] = [];
    try {
      await attempt.wait(waitMs, (wake) => {
        leave = lanes.map((lane) => lane.onEarlyRelease(wake));
      });
    } finally {
      for (const each of leave) each();
    }
    const step = this.#nextStep(attempt);
    return step.do === 'end' ? this.#end() : this.#take(attempt, step);
  }

  #nextStep(attempt: StageAttempt): Step {
    const { order, random, whenNoneAvailable, maxWaitMs } = this.#parts;
    const targets = this.#eligible(attempt);
    const pinned = this.#choosePinned(targets);
    const lane = pinned ?? this.#chooseAvailable(targets, order, random);
    if (lane !== undefined) {
      return this.#runIn(lane, attempt, pinned === undefined ? PATIENCE_MS : PINNED_PATIENCE_MS);
    }
    const soonest = this.#findSoonest(targets.flatMap((each) => this.#left(each)));
    if (soonest === undefined) return END;
    const blockedForMs = this.#blockedForMs(soonest);
    // Opened by hand: for as long as an operator wants.
    if (whenNoneAvailable === 'try_soonest' && blockedForMs < Number.POSITIVE_INFINITY) {
      return { do: 'run', lane: soonest, run: soonest.runAnyway, patienceMs: () => Number.POSITIVE_INFINITY };
    }
    const nowMs = monotonicMs();
    this.#waitUntilMs ??= nowMs + maxWaitMs;
    const waitMs = blockedForMs > 0 ? blockedForMs : this.#drawTrialWaitMs();
    const canWait = whenNoneAvailable === 'wait' && waitMs < Math.min(this.#waitUntilMs - nowMs, attempt.remainingMs());
    if (canWait) return { do: 'wait', lane: soonest, waitMs };
    if (this.#failed !== undefined || this.#rejection !== undefined) return END;
    // The stages of the soonest target reject the attempt, with the error that says when to try again.
    return { do: 'run', lane: soonest, run: soonest.run, patienceMs: () => 0, isLast: true };
  }

  /** The targets that may serve the call now, those for this kind of failure first. */
  #eligible(attempt: StageAttempt): readonly TargetOfCall[] {
    const failure = this.#failed?.failure;
    const left = this.#targets.filter((each) => this.#left(each).length > 0);
    const special = left.filter(({ on }) => failure !== undefined && on?.includes(failure.kind));
    const general = failure === undefined || failure.failover ? left.filter(({ on }) => on === undefined) : [];
    return [special, general].map((each) => each.filter((target) => this.#accepts(target, attempt))).find(isSome) ?? [];
  }

  #accepts(target: TargetOfCall, attempt: StageAttempt): boolean {
    if (!target.isSelective) return true;
    this.#accepted ??= new Map();
    let answer = this.#accepted.get(target);
    if (answer === undefined) {
      answer = this.#parts.accepts(target, attempt);
      this.#accepted.set(target, answer);
      if (answer !== true) this.#skip({ target: target.name, key: undefined, reason: answer });
    }
    return answer === true;
  }

  #choosePinned(targets: readonly TargetOfCall[]): TargetLane | undefined {
    const name = this.#pin?.target;
    if (name === undefined || this.#failed !== undefined) return undefined;
    const pinned = targets.find((each) => each.name === name);
    if (pinned === undefined) return undefined;
    const lanes = this.#left(pinned).filter((lane) => this.#restingForMs(lane) === 0);
    const free = lanes.filter(({ unavailable }) => unavailable === undefined);
    if (free.length > 0) return chooseTarget([{ target: pinned, lanes: free }], this.#parts.order, this.#parts.random);
    // A short hold is waited for by the quota stage.
    const soonest = this.#findSoonest(lanes.filter(({ unavailable }) => unavailable !== 'breaker_open'));
    return soonest !== undefined && soonest.blockedForMs <= PINNED_PATIENCE_MS ? soonest : undefined;
  }

  #chooseAvailable(targets: readonly TargetOfCall[], order: TargetOrder, random: Random): TargetLane | undefined {
    const [first, ...others] = targets.flatMap((target): Choice[] => {
      const lanes = this.#left(target).filter((lane) => this.#isAvailable(lane));
      return lanes.length === 0 ? [] : [{ target, lanes }];
    });
    return first && chooseTarget([first, ...others], order, random);
  }

  #isAvailable(lane: TargetLane): boolean {
    const { target } = lane;
    const unavailable = this.#restingForMs(lane) > 0 ? 'breaker_open' : lane.unavailable;
    if (unavailable === undefined) return true;
    this.#skip({ target: target.name, key: target.key, reason: unavailable });
    return false;
  }

  #restingForMs(lane: TargetLane): number {
    const untilMs = this.#resting?.get(lane);
    return untilMs === undefined ? 0 : Math.max(0, untilMs - monotonicMs());
  }

  #blockedForMs(lane: TargetLane): number {
    return Math.max(lane.blockedForMs, this.#restingForMs(lane));
  }

  #findSoonest([first, ...others]: readonly TargetLane[]): TargetLane | undefined {
    return others.reduce((soonest, each) => {
      return soonest === undefined || this.#blockedForMs(each) < this.#blockedForMs(soonest) ? each : soonest;
    }, first);
  }

  #left({ lanes }: TargetOfCall): readonly TargetLane[] {
    return lanes.filter((lane) => !this.#done.includes(lane));
  }

  /** How long an attempt waits in its lane: only while no other target is available, it waits as its settings say. */
  #patienceMs(attempt: StageAttempt, lane: TargetLane, longestMs: number): number {
    const others = this.#targets.filter(({ on }) => on === undefined).filter((each) => this.#accepts(each, attempt));
    const isOther = (each: TargetLane) => each !== lane && !this.#done.includes(each) && each.unavailable === undefined;
    return others.some(({ lanes }) => lanes.some(isOther)) ? longestMs : Number.POSITIVE_INFINITY;
  }

  /** Moves the pin only if its target is unavailable for long: a single failure would lose the provider's cache. */
  #keepPin({ target: { name } }: TargetLane, value: unknown): unknown {
    const pinned = this.#targets.find((each) => each.name === this.#pin?.target);
    if (pinned === undefined || pinned.name === name || pinned.lanes.every(isUnavailableForLong)) this.#pin?.set(name);
    return value;
  }

  #skip(skipped: SkippedTarget): void {
    const { skippedTargets } = this.#call;
    const isKnown = skippedTargets.some(
      ({ target, key, reason }) => target === skipped.target && key === skipped.key && reason === skipped.reason,
    );
    if (!isKnown) this.#call.skipTarget(skipped);
  }
}

function isSome(targets: readonly TargetOfCall[]): boolean {
  return targets.length > 0;
}

function isUnavailableForLong({ unavailable, blockedForMs }: TargetLane): boolean {
  return unavailable === 'breaker_open' || blockedForMs > PINNED_PATIENCE_MS;
}
