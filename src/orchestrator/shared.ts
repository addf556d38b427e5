import type { ClassifyRule } from '../classify/index.js';
import { ResilienceClosedError } from '../errors/index.js';
import { Emitter, type Random, SignalLinks, wallMs } from '../runtime/index.js';
import type { HoldfastEvent, HookFailed } from '../telemetry/index.js';

/** A function that gives values for `call.context`, such as a request id out of an AsyncLocalStorage. */
export type ContextHook = () => Record<string, unknown>;

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze({});

/** What all operations of one `Resilience` share, and nobody else does. */
export class ResilienceContext {
  readonly random: Random;
  /** The user's rules of classification, where there are any. */
  readonly rules: readonly ClassifyRule[] | undefined;
  readonly links: SignalLinks = new SignalLinks();
  readonly events: Emitter<HoldfastEvent> = new Emitter<HoldfastEvent>((error, event) => {
    // A listener that fails on hearing of a failure is not told again.
    if (event.type !== 'hook.failed') this.tellHookFailed('listener', error, event.operation, event.key);
  });
  readonly #contextHook: ContextHook | undefined;
  readonly #idPrefix: string;
  #serial = 0;
  #inFlight = 0;
  #isClosed = false;
  #onIdle: (() => void)[] = [];

  constructor(random: Random, contextHook: ContextHook | undefined, rules?: readonly ClassifyRule[]) {
    this.random = random;
    this.rules = rules;
    this.#contextHook = contextHook;
    this.#idPrefix = Math.floor(random() * 36 ** 6).toString(36);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws {ResilienceClosedError} after {@link close}. */
  assertOpen(): void {
    if (this.#isClosed) throw new ResilienceClosedError('this Resilience is closed');
  }

  /** Counts a call in, and gives its serial number. */
  enter(): number {
    this.#inFlight += 1;
    this.#serial += 1;
    return this.#serial;
  }

  /** Counts a call out. */
  leave(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0 && this.#isClosed) this.#tellIdle();
  }

  /** Takes no more calls; resolves when the last one has ended. */
  close(): Promise<void> {
    this.#isClosed = true;
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
      if (this.#inFlight === 0) this.#tellIdle();
    });
  }

  /** The id that belongs to a serial number; only built for those who read it. */
  callId(serial: number): string {
    return `${this.#idPrefix}-${serial.toString(36)}`;
  }

  /** The hook's values overlaid with the call's own. A hook that throws gives none. */
  contextOf(own: Readonly<Record<string, unknown>> | undefined, operation: string): Readonly<Record<string, unknown>> {
    if (this.#contextHook === undefined) return own ?? NOTHING;
    try {
      const given: unknown = this.#contextHook();
      if (!(given instanceof Promise)) return { ...Object(given), ...own };
      given.catch(() => undefined);
      throw new TypeError('the context hook must answer at once, not by a promise');
    } catch (error) {
      this.tellHookFailed('context', error, operation);
      return own ?? NOTHING;
    }
  }

  tellHookFailed(hook: HookFailed['hook'], error: unknown, operation?: string, key?: string): void {
    if (!this.events.wants('hook.failed')) return;
    this.events.emit({ type: 'hook.failed', at: wallMs(), hook, operation, key, error });
  }

  #tellIdle(): void {
    for (const tell of this.#onIdle) tell();
    this.#onIdle = [];
  }
}
