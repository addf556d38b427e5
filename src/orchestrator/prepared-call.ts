import type { QueuedCall } from '../limits/index.js';
import { type CallInit, LiveCall } from '../pipeline/index.js';
import type { Plan } from './call-plans.js';
import type { CallFallback } from './fallback-run.js';
import type { KeyState } from './key-state.js';

/** A call that is ready to start. It is built when it is first needed, since it may have to wait before. */
export class PreparedCall {
  readonly state: KeyState;
  readonly plan: Plan;
  readonly fallback: CallFallback | undefined;
  /** Whether it counts as a call in progress. */
  isCounted = false;
  /** Its wait for a permit, if it has waited. */
  queued: QueuedCall | undefined;
  #call: CallInit | LiveCall;

  constructor(init: CallInit, state: KeyState, plan: Plan, fallback: CallFallback | undefined) {
    this.#call = init;
    this.state = state;
    this.plan = plan;
    this.fallback = fallback;
  }

  get call(): LiveCall {
    if (!(this.#call instanceof LiveCall)) this.#call = new LiveCall(this.#call, this.queued);
    return this.#call;
  }

  /** What it is built from; `undefined` once it is built. */
  get init(): CallInit | undefined {
    return this.#call instanceof LiveCall ? undefined : this.#call;
  }

  /**
   * Returns the same call, to be built after its wait. This one is old then: the garbage collector would keep for long what
   * it refers to.
   */
  afterWait(init: CallInit, queued: QueuedCall): PreparedCall {
    const renewed = new PreparedCall(init, this.state, this.plan, this.fallback);
    renewed.isCounted = this.isCounted;
    renewed.queued = queued;
    return renewed;
  }
}
