import type { Audience } from '../runtime/runtime.js';
import { wallMs } from '../runtime/runtime.js';
import type { HoldfastEvent } from '../telemetry/telemetry.js';
import type { LiveCall } from './call.js';
import type { EndedCall } from './ended-call.js';

/** Tells how calls begin and end, and builds an event only when somebody wants it. */
export class CallTeller {
  readonly #events: Audience<HoldfastEvent>;

  constructor(events: Audience<HoldfastEvent>) {
    this.#events = events;
  }

  started(call: LiveCall): void {
    if (this.#events.wants('call.started')) this.#events.emit({ type: 'call.started', ...about(call) });
  }

  succeeded(call: LiveCall, { durationMs }: EndedCall): void {
    if (!this.#events.wants('call.succeeded')) return;
    this.#events.emit({ type: 'call.succeeded', ...about(call), durationMs, attempts: call.attempt.attempt });
  }

  failed(call: LiveCall, { durationMs, stopReason, failure }: EndedCall, error: unknown): void {
    if (!this.#events.wants('call.failed')) return;
    const attempts = call.attempt.invoked ? call.attempt.attempt : 0;
    this.#events.emit({ type: 'call.failed', ...about(call), durationMs, attempts, stopReason, failure, error });
  }
}

function about({ lane, id }: LiveCall): { at: number; operation: string; key: string | undefined; callId: string } {
  return { at: wallMs(), operation: lane.operation, key: lane.key, callId: id };
}
