import type { ClassifyRule } from '../classify/index.js';
import { ResilienceClosedError } from '../errors/index.js';
import type { ParentCall } from '../groups/index.js';
import type { Call, CallScope } from '../pipeline/index.js';
import { type Random, requireAnswer, SignalLinks, safeRandom } from '../runtime/index.js';
import { EventReporter } from '../telemetry/index.js';
import { findCallOf, openScope } from './current-call.js';
import type { AnsweringOperation, OperationFallbacks } from './operation-fallbacks.js';
import type { AnyExecuteOptions } from './options.js';

/** Returns values for `call.context`, such as a request id from an `AsyncLocalStorage`. */
export type ContextHook = () => Record<string, unknown>;

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/** The state that all operations of one `Resilience` share. */
export class ResilienceContext {
  readonly random: Random;
  /** The user's classification rules, if any. */
  readonly rules: readonly ClassifyRule[] | undefined;
  readonly links: SignalLinks = new SignalLinks();
  readonly reporter: EventReporter = new EventReporter();
  readonly #contextHook: ContextHook | undefined;
  readonly #hasAsyncContext: boolean;
  readonly #idPrefix: string;
  /** What answers failed calls, by operation; `undefined`: nothing. */
  readonly fallbacks: OperationFallbacks | undefined;
  /** Finds the operation that a step of a fallback names. */
  findOperation: ((name: string) => AnsweringOperation) | undefined;
  /** Calls in progress. */
  inFlight = 0;
  #serial = 0;
  #isClosed = false;
  #onIdle: (() => void)[] = [];

  /** @param hasAsyncContext whether calls are kept in the async context of their functions. */
  constructor(
    random: Random,
    contextHook: ContextHook | undefined,
    rules?: readonly ClassifyRule[],
    hasAsyncContext = false,
    fallbacks?: OperationFallbacks,
  ) {
    this.random = safeRandom(random, (error) => this.reporter.hookFailed('random', error));
    this.rules = rules;
    this.#contextHook = contextHook;
    this.#hasAsyncContext = hasAsyncContext;
    this.fallbacks = fallbacks;
    this.#idPrefix = Math.floor(this.random() * 36 ** 6).toString(36);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** `closing`: no more calls are accepted, and some are still in progress. */
  get state(): 'open' | 'closing' | 'closed' {
    if (!this.#isClosed) return 'open';
    return this.inFlight > 0 ? 'closing' : 'closed';
  }

  /** @throws {ResilienceClosedError} after {@link close}. */
  assertOpen(): void {
    const refusal = this.findRefusal();
    if (refusal !== undefined) throw refusal;
  }

  /** Why no call is accepted; `undefined` before {@link close}. */
  findRefusal(): ResilienceClosedError | undefined {
    return this.#isClosed ? new ResilienceClosedError('this Resilience is closed') : undefined;
  }

  /** Returns the serial number of the next call. */
  nextSerial(): number {
    this.#serial += 1;
    return this.#serial;
  }

  /** Records the end of a call. */
  leave(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0 && this.#isClosed) this.#resolveIdle();
  }

  /** Accepts no more calls; resolves when the last one has ended. */
  close(): Promise<void> {
    this.#isClosed = true;
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
      if (this.inFlight === 0) this.#resolveIdle();
    });
  }

  /** Returns the id for a serial number; called only when the id is read. */
  callId(serial: number): string {
    return `${this.#idPrefix}-${serial.toString(36)}`;
  }

  /** The hook's values overlaid with the call's own. A hook that throws contributes none. */
  contextOf(own: Readonly<Record<string, unknown>> | undefined, operation: string): Readonly<Record<string, unknown>> {
    if (this.#contextHook === undefined) return own ?? NOTHING;
    try {
      const given = requireAnswer('the context hook', this.#contextHook());
      return Object.freeze({ ...Object(given), ...own });
    } catch (error) {
      this.reporter.hookFailed('context', error, { operation, context: own });
      return own ?? NOTHING;
    }
  }

  /** Opens the async scope of a call's function; `undefined` without an async context. */
  openScope(call: Call): CallScope | undefined {
    return this.#hasAsyncContext ? openScope(this, call) : undefined;
  }

  /** Returns the parent of a new call: the given one, or else the call whose function it is made in. */
  parentOf({ parent }: Pick<AnyExecuteOptions, 'parent'>): ParentCall | undefined {
    if (parent !== undefined) return parent === false ? undefined : parent;
    return this.#hasAsyncContext ? findCallOf(this) : undefined;
  }

  #resolveIdle(): void {
    for (const resolve of this.#onIdle) resolve();
    this.#onIdle = [];
  }
}
