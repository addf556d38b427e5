import type { LiveCall } from '../pipeline/index.js';
import { type EventSink, wallMs } from '../runtime/index.js';
import type { HoldfastEvent } from '../telemetry/index.js';
import type { FinishedCall } from './ended-call.js';

/** Tells how calls begin and end, and builds an event only when somebody wants it. */
export class CallTeller {
  readonly #events: EventSink<HoldfastEvent>;

  constructor(events: EventSink<HoldfastEvent>) {
    this.#events = events;
  }

  started(call: LiveCall): void {
    if (this.#events.wants('call.started')) this.#events.emit({ type: 'call.started', ...about(call) });
  }

  succeeded(call: LiveCall, durationMs: number): void {
    if (!this.#events.wants('call.succeeded')) return;
    const attempts = call.attempts.filter(({ invoked }) => invoked).length;
    this.#events.emit({ type: 'call.succeeded', ...about(call), durationMs, attempts });
  }

  failed(call: LiveCall, { durationMs, stopReason, failure, invocations }: FinishedCall, error: unknown): void {
    if (!this.#events.wants('call.failed')) return;
    const base = { type: 'call.failed', ...about(call), durationMs, attempts: invocations } as const;
    this.#events.emit({ ...base, stopReason, failure, error });
  }
}

function about({ host, id }: LiveCall): { at: number; operation: string; key: string | undefined; callId: string } {
  return { at: wallMs(), operation: host.operation, key: host.key, callId: id };
}
