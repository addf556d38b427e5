import type { ResolvedSettings } from '../config/settings.js';
import { isName, LONGEST_NAME } from '../input/index.js';
import type { CallTarget, FailureKind, Run, StageAttempt, StageCall } from '../pipeline/index.js';
import { monotonicMs, requireAnswer } from '../runtime/index.js';
import {
  type Pin,
  type TargetLane,
  type TargetOfCall,
  TargetPins,
  targetRun,
  type Unavailable,
} from '../targets/index.js';
import type { KeySettings, KeyState } from './key-state.js';
import type { KeyStates } from './key-states.js';
import type { ResilienceContext } from './resilience-context.js';
import type { ResolvedTarget, StickyHook, TargetOptions } from './target-options.js';

/** How long a conversation stays with its target, in milliseconds: as long as providers keep a prompt. */
const STICKY_MS = 300_000;
const DEFAULT_WAIT_MS = 30_000;
/** Attempts after which a target of which nothing is known, since it always fails, counts as the slowest. */
const MOST_TRIED = 40;

/** A target with its stages. */
export interface CompiledTarget {
  readonly target: ResolvedTarget;
  /** What its lanes share between calls, by the settings in force: those of a call may be older. */
  readonly settingsNow: () => KeySettings;
  /** Whether holds of its quota count. */
  readonly quota: ResolvedSettings['quota'];
  readonly run: Run;
  /** The same, though its breaker is open or its quota on hold: both only observe. */
  readonly runAnyway: Run;
}

/** The targets of an operation: the lanes of each call, and the pins of its conversations. */
export class OperationTargets {
  readonly #context: ResilienceContext;
  readonly #keys: KeyStates;
  readonly #pins = new TargetPins();

  constructor(context: ResilienceContext, keys: KeyStates) {
    this.#context = context;
    this.#keys = keys;
  }

  /** Composes the run of calls that use these targets. Cheap enough for every call. */
  compile(targets: readonly CompiledTarget[], options: TargetOptions): Run {
    const { order = 'listed', whenNoneAvailable = 'wait', targetWaitMs = DEFAULT_WAIT_MS, sticky } = options;
    const { random, reporter } = this.#context;
    return targetRun({
      order,
      whenNoneAvailable,
      maxWaitMs: targetWaitMs,
      random,
      listener: { targetMoved: (attempt, move) => reporter.targetMoved(attempt, move) },
      targetsOf: (call) => targets.map((each) => new TargetForCall(each, this.#keys, call)),
      accepts: ({ name }, attempt) =>
        this.#accepts(targets.find(({ target }) => target.name === name)?.target.accepts, attempt),
      pinOf: (attempt) => (sticky === undefined ? undefined : this.#findPin(sticky, attempt)),
    });
  }

  /** A hook that throws accepts: the provider decides. */
  #accepts(accepts: ResolvedTarget['accepts'], attempt: StageAttempt): true | string {
    if (accepts === undefined) return true;
    try {
      const answer = requireAnswer('accepts', accepts(attempt));
      if (answer === true || typeof answer === 'string') return answer;
      if (answer === false) return 'not accepted';
      throw new TypeError('accepts must return true or a reason');
    } catch (error) {
      this.#reportHook('accepts', error, attempt);
      return true;
    }
  }

  #findPin(sticky: NonNullable<TargetOptions['sticky']>, attempt: StageAttempt): Pin | undefined {
    const { by, ttlMs = STICKY_MS } = typeof sticky === 'function' ? { by: sticky } : sticky;
    const text = this.#readConversation(by, attempt);
    if (text === undefined) return undefined;
    // Two tenants may name their conversations alike; the length keeps apart what joins to the same text.
    const { key = '' } = attempt.call.lane;
    const conversation = `${key.length}:${key}${text}`;
    return {
      target: this.#pins.find(conversation, monotonicMs()),
      set: (target) => this.#pins.set(conversation, target, ttlMs, monotonicMs()),
    };
  }

  #readConversation(by: StickyHook, attempt: StageAttempt): string | undefined {
    try {
      const answer = requireAnswer('sticky', by(attempt));
      if (answer === undefined || isName(answer)) return answer;
      throw new TypeError(
        `sticky must return undefined or a string of 1 to ${LONGEST_NAME} characters without control characters`,
      );
    } catch (error) {
      this.#reportHook('sticky', error, attempt);
      return undefined;
    }
  }

  #reportHook(hook: 'accepts' | 'sticky', error: unknown, attempt: StageAttempt): void {
    const { operation, key, id: callId, context } = attempt;
    this.#context.reporter.hookFailed(hook, error, { operation, key, callId, context });
  }
}

/** A target for one call. Its lanes are looked up when they are first needed: most calls need those of one target. */
class TargetForCall implements TargetOfCall {
  readonly #compiled: CompiledTarget;
  readonly #keys: KeyStates;
  readonly #call: StageCall;
  #lanes: readonly TargetLane[] | undefined;

  constructor(compiled: CompiledTarget, keys: KeyStates, call: StageCall) {
    this.#compiled = compiled;
    this.#keys = keys;
    this.#call = call;
  }

  get name(): string {
    return this.#compiled.target.name;
  }

  get weight(): number {
    return this.#compiled.target.weight;
  }

  get isSelective(): boolean {
    return this.#compiled.target.accepts !== undefined;
  }

  get on(): readonly FailureKind[] | undefined {
    return this.#compiled.target.on;
  }

  get lanes(): readonly TargetLane[] {
    this.#lanes ??= this.#findLanes();
    return this.#lanes;
  }

  #findLanes(): readonly TargetLane[] {
    const { settingsNow, target } = this.#compiled;
    const { name, key, keys, prepare } = target;
    const { lane } = this.#call;
    const ofCall = lane.key === undefined ? key : `${key}/${lane.key}`;
    const whole: CallTarget = { name, key: undefined, prepare };
    const findWhole = () => this.#keys.ofTarget(ofCall, { target: whole, settings: settingsNow() }, monotonicMs());
    if (keys === undefined) return [new LaneOfTarget(findWhole, whole, this.#compiled)];
    return keys.map((own) => {
      const ofKey: CallTarget = { name, key: own, prepare };
      const findOfKey = () => {
        const init = { target: ofKey, settings: settingsNow(), breakerOf: findWhole() };
        return this.#keys.ofTarget(`${ofCall}/${own}`, init, monotonicMs());
      };
      return new LaneOfTarget(findOfKey, ofKey, this.#compiled);
    });
  }
}

class LaneOfTarget implements TargetLane {
  readonly target: CallTarget;
  readonly run: Run;
  readonly runAnyway: Run;
  readonly #findState: () => KeyState;
  readonly #holdsQuota: boolean;
  #state: KeyState;

  constructor(findState: () => KeyState, target: CallTarget, { run, runAnyway, quota }: CompiledTarget) {
    this.#findState = findState;
    this.#state = findState();
    this.target = target;
    this.run = run;
    this.runAnyway = runAnyway;
    this.#holdsQuota = quota !== false;
  }

  /** Its state. A call may take so long that an idle one is forgotten meanwhile. */
  get lane(): KeyState {
    if (this.#state.isForgotten) this.#state = this.#findState();
    return this.#state;
  }

  get inUse(): number {
    return this.lane.inProgress;
  }

  get typicalMs(): number | undefined {
    const { typicalMs, attempts } = this.lane.counter;
    return typicalMs ?? (attempts < MOST_TRIED ? undefined : Number.POSITIVE_INFINITY);
  }

  get unavailable(): Unavailable | undefined {
    if (this.#openForMs > 0 || this.lane.admittingBreaker?.trialsTaken === true) return 'breaker_open';
    return this.#heldForMs > 0 ? 'quota_held' : undefined;
  }

  get blockedForMs(): number {
    return Math.max(this.#openForMs, this.#heldForMs);
  }

  onEarlyRelease(wake: () => void): () => void {
    return this.lane.quota.onEarlyRelease(wake);
  }

  get #openForMs(): number {
    return this.lane.admittingBreaker?.remainingOpenMs() ?? 0;
  }

  get #heldForMs(): number {
    const { quota } = this.lane;
    return this.#holdsQuota && quota.cause !== undefined ? quota.remainingMs(monotonicMs()) : 0;
  }
}
