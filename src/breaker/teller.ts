import { Emitter, type EventSink, type OfType, wallMs } from '../runtime/index.js';
import type { BreakerClosed, BreakerEvent, BreakerHookFailed, BreakerOpened } from './events.js';
import type { Refusal } from './open-state.js';

/** Tells what one breaker does, and builds an event only when somebody wants it. */
export class BreakerTeller {
  readonly #breaker: string;
  readonly #audience: EventSink<BreakerEvent> | undefined;
  /** There once somebody subscribes; most breakers of a keyed operation never need one. */
  #listeners: Emitter<BreakerEvent> | undefined;

  constructor(breaker: string, audience: EventSink<BreakerEvent> | undefined) {
    this.#breaker = breaker;
    this.#audience = audience;
  }

  on<T extends BreakerEvent['type'] | '*'>(type: T, listener: (event: OfType<BreakerEvent, T>) => void): () => void {
    this.#listeners ??= new Emitter<BreakerEvent>((error, event) => {
      // A listener that fails on hearing of a failure is not told again.
      if (event.type !== 'hook.failed') this.hookFailed('listener', error);
    });
    return this.#listeners.on(type, listener);
  }

  opened(cause: BreakerOpened['cause'], waitMs: number | undefined): void {
    if (this.#wants('breaker.opened')) this.#tell({ type: 'breaker.opened', ...this.#base(), cause, waitMs });
  }

  halfOpened(): void {
    if (this.#wants('breaker.half_opened')) this.#tell({ type: 'breaker.half_opened', ...this.#base() });
  }

  closed(cause: BreakerClosed['cause']): void {
    if (this.#wants('breaker.closed')) this.#tell({ type: 'breaker.closed', ...this.#base(), cause });
  }

  rejected({ refusal, retryAfterMs }: Refusal, enforced: boolean): void {
    if (!this.#wants('breaker.rejected')) return;
    this.#tell({ type: 'breaker.rejected', ...this.#base(), refusal, retryAfterMs, enforced });
  }

  hookFailed(hook: BreakerHookFailed['hook'], error: unknown): void {
    if (this.#wants('hook.failed')) this.#tell({ type: 'hook.failed', ...this.#base(), hook, error });
  }

  /** Forgets the listeners. */
  clear(): void {
    this.#listeners = undefined;
  }

  #base(): { at: number; breaker: string } {
    return { at: wallMs(), breaker: this.#breaker };
  }

  #wants(type: BreakerEvent['type']): boolean {
    return this.#listeners?.wants(type) === true || this.#audience?.wants(type) === true;
  }

  #tell(event: BreakerEvent): void {
    this.#listeners?.emit(event);
    if (this.#audience?.wants(event.type) === true) this.#audience.emit(event);
  }
}
