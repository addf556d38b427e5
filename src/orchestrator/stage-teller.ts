import type { HoldCause, QuotaListener } from '../limits/index.js';
import type { StagedCall } from '../pipeline/index.js';
import type { RefusedRetry, RetryListener, ScheduledRetry } from '../retry/index.js';
import { type EventSink, wallMs } from '../runtime/index.js';
import type { HoldfastEvent } from '../telemetry/index.js';
import { about } from './lane.js';

/** Tells what stages decide about an attempt, and builds an event only when somebody wants it. */
export class StageTeller implements RetryListener, QuotaListener {
  readonly #events: EventSink<HoldfastEvent>;
  readonly #onBudgetRefusal: (attempt: StagedCall) => void;

  constructor(events: EventSink<HoldfastEvent>, onBudgetRefusal: (attempt: StagedCall) => void) {
    this.#events = events;
    this.#onBudgetRefusal = onBudgetRefusal;
  }

  scheduled(attempt: StagedCall, retry: ScheduledRetry): void {
    if (this.#events.wants('retry.scheduled'))
      this.#events.emit({ type: 'retry.scheduled', ...about(attempt), ...retry });
  }

  refused(attempt: StagedCall, retry: RefusedRetry): void {
    if (retry.stopRule === 'budget') this.#onBudgetRefusal(attempt);
    if (this.#events.wants('retry.refused')) this.#events.emit({ type: 'retry.refused', ...about(attempt), ...retry });
  }

  held({ operation, key }: StagedCall, kind: HoldCause, forMs: number): void {
    if (!this.#events.wants('quota.held')) return;
    const at = wallMs();
    this.#events.emit({ type: 'quota.held', at, operation, key, kind, forMs, until: at + forMs });
  }

  released({ operation, key }: Pick<StagedCall, 'operation' | 'key'>): void {
    if (this.#events.wants('quota.released')) {
      this.#events.emit({ type: 'quota.released', at: wallMs(), operation, key });
    }
  }
}
