import type { BreakerClosed, BreakerOpened, Refusal } from '../breaker/index.js';
import type { ConfigChanged, ConfigOverruled, ConfigRefused } from '../config/events.js';
import type { StreamStalledError, StreamTruncatedError } from '../errors/index.js';
import type { FallbackUse } from '../fallback/index.js';
import type { HedgeResult } from '../hedge/index.js';
import type { CapacityRejection, HoldCause } from '../limits/index.js';
import type { CallEnding, StageAttempt, StageCall } from '../pipeline/index.js';
import type { RefusedRetry, ScheduledRetry } from '../retry/index.js';
import { deepFreeze, Emitter, monotonicMs, type OfType, roundMs, wallMs } from '../runtime/index.js';
import type { CacheHit, CallStarted, EventType, HoldfastEvent, HookFailed, TargetMoved } from './events.js';

/** How long after an interruption a function that respects the signal may take to settle. */
const ABANDONED_AFTER_MS = 100;

/** An operation, and the key if there is one. */
interface Place {
  readonly operation: string;
  readonly key: string | undefined;
}

/** The fields of a call that its events contain. */
type OfItsCall = Pick<StageCall, 'id' | 'context'>;

/** Where a hook failed, as far as known. */
type HookPlace = Partial<Pick<HookFailed, 'operation' | 'key' | 'callId' | 'context'>>;

/**
 * Builds and emits every event of a `Resilience`, and builds one only if a listener wants it. A listener that throws or
 * rejects is reported as `hook.failed` and affects nothing else.
 */
export class EventReporter {
  readonly #events: Emitter<HoldfastEvent> = new Emitter<HoldfastEvent>((error, event) => {
    // A failing listener of `hook.failed` is not reported again.
    if (event.type !== 'hook.failed') this.hookFailed('listener', error, event);
  });

  on<T extends EventType | '*'>(type: T, listener: (event: OfType<HoldfastEvent, T>) => void): () => void {
    return this.#events.on(type, listener);
  }

  /** True if a listener wants events of this type. */
  wants(type: EventType): boolean {
    return this.#events.wants(type);
  }

  /** Returns whether a listener was called, which may have taken time. */
  callStarted(call: StageCall): boolean {
    const isWanted = this.#events.wants('call.started');
    if (isWanted) this.#events.emit({ type: 'call.started', ...aboutCall(call) });
    return isWanted;
  }

  callSucceeded(call: StageCall, durationMs: number): void {
    if (!this.#events.wants('call.succeeded')) return;
    const attempts = call.attempts.filter(({ invoked }) => invoked).length;
    this.#events.emit({ type: 'call.succeeded', ...aboutCall(call), durationMs: roundMs(durationMs), attempts });
  }

  callFailed(
    call: StageCall,
    { stopReason, failure }: CallEnding,
    { durationMs, attempts }: { readonly durationMs: number; readonly attempts: number },
    error: unknown,
  ): void {
    if (!this.#events.wants('call.failed')) return;
    const about = { ...aboutCall(call), durationMs: roundMs(durationMs), attempts };
    this.#events.emit({ type: 'call.failed', ...about, stopReason, failure, error });
  }

  attemptFailed(attempt: StageAttempt, error: unknown): void {
    if (!this.#events.wants('attempt.failed')) return;
    const { startedAtMs, endedAtMs = startedAtMs } = attempt;
    const durationMs = roundMs(endedAtMs - startedAtMs);
    const failure = attempt.failureOf(error);
    this.#events.emit({ type: 'attempt.failed', ...aboutAttempt(attempt), durationMs, failure, error });
  }

  attemptAbandoned(attempt: StageAttempt, outcome: 'success' | 'failure'): void {
    if (!this.#events.wants('attempt.abandoned')) return;
    const nowMs = monotonicMs();
    const lateMs = roundMs(nowMs - (attempt.endedAtMs ?? nowMs));
    if (lateMs <= ABANDONED_AFTER_MS) return;
    this.#events.emit({ type: 'attempt.abandoned', ...aboutAttempt(attempt), outcome, lateMs });
  }

  streamStalled(attempt: StageAttempt, { phase, limitMs, partial }: StreamStalledError): void {
    if (!this.#events.wants('stream.stalled')) return;
    const { events } = partial;
    this.#events.emit({ type: 'stream.stalled', ...aboutAttempt(attempt), phase, limitMs, events });
  }

  streamTruncated(attempt: StageAttempt, { reason, partial }: StreamTruncatedError): void {
    if (!this.#events.wants('stream.truncated')) return;
    const { events } = partial;
    this.#events.emit({ type: 'stream.truncated', ...aboutAttempt(attempt), reason, events });
  }

  dialectFailed({ operation, key, call }: StageAttempt, error: unknown): void {
    const { id: callId, context } = call;
    this.hookFailed('dialect', error, { operation, key, callId, context });
  }

  retryScheduled(attempt: StageAttempt, retry: ScheduledRetry): void {
    if (!this.#events.wants('retry.scheduled')) return;
    this.#events.emit({ type: 'retry.scheduled', ...aboutAttempt(attempt), ...retry, delayMs: roundMs(retry.delayMs) });
  }

  retryRefused(attempt: StageAttempt, retry: RefusedRetry): void {
    if (!this.#events.wants('retry.refused')) return;
    this.#events.emit({ type: 'retry.refused', ...aboutAttempt(attempt), ...retry });
  }

  retryDoubled(attempt: StageAttempt, sdkAttempts: number, error: unknown): void {
    if (!this.#events.wants('retry.doubled')) return;
    this.#events.emit({ type: 'retry.doubled', ...aboutAttempt(attempt), sdkAttempts, error });
  }

  hedgeSent(hedge: StageAttempt, delayMs: number): void {
    if (!this.#events.wants('hedge.sent')) return;
    this.#events.emit({ type: 'hedge.sent', ...aboutAttempt(hedge), delayMs: roundMs(delayMs) });
  }

  hedgeEnded(first: StageAttempt, result: HedgeResult): void {
    if (this.#events.wants('hedge.ended')) {
      this.#events.emit({ type: 'hedge.ended', ...aboutAttempt(first), ...result });
    }
  }

  quotaHeld(attempt: StageAttempt, kind: HoldCause, forMs: number): void {
    if (!this.#events.wants('quota.held')) return;
    const about = aboutPlace(attempt, attempt);
    const roundedMs = roundMs(forMs);
    this.#events.emit({ type: 'quota.held', ...about, kind, forMs: roundedMs, until: Math.round(about.at + forMs) });
  }

  /** @param call the first one after the hold; `undefined` if the hold was ended by hand. */
  quotaReleased(place: Place, call?: OfItsCall): void {
    if (this.#events.wants('quota.released')) this.#events.emit({ type: 'quota.released', ...aboutPlace(place, call) });
  }

  capacityRejected(attempt: StageAttempt, rejection: CapacityRejection): void {
    if (!this.#events.wants('capacity.rejected')) return;
    this.#events.emit({ type: 'capacity.rejected', ...aboutAttempt(attempt), ...rejection });
  }

  targetMoved(
    attempt: StageAttempt,
    { from, reason }: { readonly from: string; readonly reason: TargetMoved['reason'] },
  ): void {
    if (!this.#events.wants('target.moved')) return;
    const to = attempt.target?.name ?? '';
    this.#events.emit({ type: 'target.moved', ...aboutAttempt(attempt), from, to, reason });
  }

  fallbackUsed(call: StageCall, fallback: FallbackUse, durationMs: number): void {
    if (!this.#events.wants('fallback.used')) return;
    this.#events.emit({ type: 'fallback.used', ...aboutCall(call), fallback, durationMs: roundMs(durationMs) });
  }

  /** @param error `undefined` if there was no last good value. */
  fallbackFailed(call: StageCall, fallback: FallbackUse, error: unknown): void {
    if (!this.#events.wants('fallback.failed')) return;
    this.#events.emit({ type: 'fallback.failed', ...aboutCall(call), fallback, error });
  }

  cacheHit(call: StageCall, kind: CacheHit['kind']): void {
    if (this.#events.wants('cache.hit')) this.#events.emit({ type: 'cache.hit', ...aboutCall(call), kind });
  }

  breakerOpened(
    place: Place,
    breaker: string,
    cause: BreakerOpened['cause'],
    waitMs: number | undefined,
    call?: OfItsCall,
  ): void {
    if (!this.#events.wants('breaker.opened')) return;
    const rounded = waitMs === undefined ? undefined : roundMs(waitMs);
    this.#events.emit({ type: 'breaker.opened', ...aboutPlace(place, call), breaker, cause, waitMs: rounded });
  }

  breakerHalfOpened(place: Place, breaker: string): void {
    if (!this.#events.wants('breaker.half_opened')) return;
    this.#events.emit({ type: 'breaker.half_opened', ...aboutPlace(place), breaker });
  }

  breakerClosed(place: Place, breaker: string, cause: BreakerClosed['cause'], call?: OfItsCall): void {
    if (!this.#events.wants('breaker.closed')) return;
    this.#events.emit({ type: 'breaker.closed', ...aboutPlace(place, call), breaker, cause });
  }

  breakerRejected(
    place: Place,
    breaker: string,
    { refusal, retryAfterMs }: Refusal,
    enforced: boolean,
    call?: OfItsCall,
  ): void {
    if (!this.#events.wants('breaker.rejected')) return;
    const about = { ...aboutPlace(place, call), breaker };
    const rounded = retryAfterMs === undefined ? undefined : roundMs(retryAfterMs);
    this.#events.emit({ type: 'breaker.rejected', ...about, refusal, retryAfterMs: rounded, enforced });
  }

  configChanged(change: ConfigChanged['change']): void {
    if (this.#events.wants('config.changed')) this.#events.emit({ type: 'config.changed', ...aboutAll(), change });
  }

  configOverruled(overruled: Pick<ConfigOverruled, 'setting' | 'given' | 'inForce' | 'by'>): void {
    if (!this.#events.wants('config.overruled')) return;
    this.#events.emit({ type: 'config.overruled', ...aboutAll(), ...overruled });
  }

  configRefused(refused: Pick<ConfigRefused, 'layer' | 'actor' | 'reason' | 'issues'>): void {
    if (!this.#events.wants('config.refused')) return;
    // Copied, since the error that the caller catches has the same objects.
    const issues = deepFreeze(refused.issues.map((issue) => ({ ...issue })));
    this.#events.emit({ type: 'config.refused', ...aboutAll(), ...refused, issues });
  }

  hookFailed(hook: HookFailed['hook'], error: unknown, { operation, key, callId, context }: HookPlace = {}): void {
    if (!this.#events.wants('hook.failed')) return;
    this.#events.emit({ type: 'hook.failed', at: wallMs(), hook, operation, key, callId, context, error });
  }
}

type About = { readonly at: number } & Place & Pick<HookFailed, 'callId' | 'context'>;
type AboutCall = About & Pick<CallStarted, 'callId' | 'context'>;

function aboutPlace({ operation, key }: Place, call?: OfItsCall): About {
  return { at: wallMs(), operation, key, callId: call?.id, context: call?.context };
}

function aboutAll(): Pick<ConfigChanged, 'at' | 'operation' | 'key' | 'callId' | 'context'> {
  return { at: wallMs(), operation: undefined, key: undefined, callId: undefined, context: undefined };
}

function aboutCall({ lane, id, context }: Pick<StageCall, 'lane' | 'id' | 'context'>): AboutCall {
  return { at: wallMs(), operation: lane.operation, key: lane.key, callId: id, context };
}

function aboutAttempt(attempt: StageAttempt): AboutCall & { readonly attempt: number } {
  return { ...aboutCall(attempt), attempt: attempt.attempt };
}
