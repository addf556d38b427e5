import {
  type AttemptRecord,
  AttemptTimeoutError,
  BreakerOpenError,
  type BreakerState,
  type CallRecord,
  type ConfigurationError,
  type ConfigurationIssue,
  createResilience,
  DeadlineExceededError,
  type EventType,
  type Explanation,
  explain,
  type Failure,
  HoldfastError,
  type HoldfastErrorCode,
  type HoldfastEvent,
  type OperationStats,
  QuotaHeldError,
  ResilienceClosedError,
  type StopReason,
} from 'holdfast';
import { describe, expectTypeOf, it } from 'vitest';

const resilience = createResilience();

describe('on(), by its types,', () => {
  it('passes the event of its type to the listener', () => {
    resilience.on('call.failed', (event) => {
      expectTypeOf(event.type).toEqualTypeOf<'call.failed'>();
      expectTypeOf(event.stopReason).toEqualTypeOf<StopReason>();
      expectTypeOf(event.failure).toEqualTypeOf<Failure | undefined>();
      expectTypeOf(event.error).toEqualTypeOf<unknown>();
    });
    resilience.on('breaker.opened', (event) => {
      expectTypeOf(event.waitMs).toEqualTypeOf<number | undefined>();
      expectTypeOf(event.operation).toEqualTypeOf<string>();
    });
    resilience.on('retry.scheduled', (event) => {
      expectTypeOf(event.delayMs).toEqualTypeOf<number>();
      expectTypeOf(event.waitFor).toEqualTypeOf<'hint' | 'backoff'>();
      expectTypeOf(event.failure).toEqualTypeOf<Failure>();
    });
    resilience.on('retry.refused', (event) => {
      expectTypeOf(event.stopReason).toEqualTypeOf<StopReason>();
      expectTypeOf<'budget' | 'max_attempts' | 'hint_beyond_deadline'>().toExtend<typeof event.stopRule>();
      // @ts-expect-error that a bad request is not sent again is not reported
      if (event.stopRule === 'bad_request') void event;
    });
    resilience.on('quota.held', (event) => {
      expectTypeOf(event.kind).toEqualTypeOf<'rate_limited' | 'quota_exhausted'>();
      expectTypeOf(event.until).toEqualTypeOf<number>();
      expectTypeOf(event.callId).toEqualTypeOf<string | undefined>();
    });
    const off = resilience.on('attempt.abandoned', ({ lateMs }) => expectTypeOf(lateMs).toEqualTypeOf<number>());
    expectTypeOf(off).toEqualTypeOf<() => void>();
  });

  it("passes any event to a listener of '*', distinguished by its type", () => {
    resilience.on('*', (event) => {
      expectTypeOf(event).toEqualTypeOf<HoldfastEvent>();
      expectTypeOf(event.at).toEqualTypeOf<number>();
      if (event.type === 'hook.failed')
        expectTypeOf(event.hook).toEqualTypeOf<
          'listener' | 'context' | 'classify' | 'random' | 'accepts' | 'sticky' | 'fallback' | 'dialect'
        >();
      expectTypeOf(event.callId).toEqualTypeOf<string | undefined>();
      expectTypeOf(event.context).toEqualTypeOf<Readonly<Record<string, unknown>> | undefined>();
    });
  });

  it('accepts an async listener', () => {
    expectTypeOf<() => Promise<void>>().toExtend<Parameters<typeof resilience.on<'*'>>[1]>();
  });

  it('accepts only known types of event', () => {
    // @ts-expect-error mistyped
    resilience.on('call.start', () => undefined);
    // @ts-expect-error a success has no error
    resilience.on('call.succeeded', ({ error }) => error);
    // @ts-expect-error a listener listens
    resilience.on('call.succeeded');
    resilience.on('call.succeeded', (event) => {
      // @ts-expect-error events are read-only
      event.durationMs = 0;
    });
  });

  it('allows an exhaustive switch over the types of event', () => {
    const noun = (type: EventType): string => {
      switch (type) {
        case 'call.started':
        case 'call.succeeded':
        case 'call.failed':
          return 'call';
        case 'attempt.failed':
        case 'attempt.abandoned':
          return 'attempt';
        case 'retry.scheduled':
        case 'retry.refused':
        case 'retry.doubled':
          return 'retry';
        case 'hedge.sent':
        case 'hedge.ended':
          return 'hedge';
        case 'stream.stalled':
        case 'stream.truncated':
          return 'stream';
        case 'quota.held':
        case 'quota.released':
          return 'quota';
        case 'capacity.rejected':
          return 'capacity';
        case 'target.moved':
          return 'target';
        case 'fallback.used':
        case 'fallback.failed':
          return 'fallback';
        case 'cache.hit':
          return 'cache';
        case 'breaker.opened':
        case 'breaker.half_opened':
        case 'breaker.closed':
        case 'breaker.rejected':
          return 'breaker';
        case 'config.changed':
        case 'config.refused':
        case 'config.overruled':
          return 'config';
        case 'hook.failed':
          return 'hook';
      }
    };
    expectTypeOf(noun).returns.toEqualTypeOf<string>();
  });
});

describe('the errors, by their types,', () => {
  it('have names and codes that are literals', () => {
    expectTypeOf<DeadlineExceededError['name']>().toEqualTypeOf<'DeadlineExceededError'>();
    expectTypeOf<AttemptTimeoutError['code']>().toEqualTypeOf<'HOLDFAST_ATTEMPT_TIMEOUT'>();
    expectTypeOf<HoldfastError['code']>().toEqualTypeOf<HoldfastErrorCode>();
    expectTypeOf<BreakerOpenError['retryAfterMs']>().toEqualTypeOf<number | undefined>();
    expectTypeOf<ConfigurationError['issues']>().toEqualTypeOf<readonly ConfigurationIssue[]>();
  });

  it('can be distinguished by `is`, which narrows', () => {
    const error: unknown = undefined;
    if (BreakerOpenError.is(error)) expectTypeOf(error).toEqualTypeOf<BreakerOpenError>();
    if (QuotaHeldError.is(error)) expectTypeOf(error.retryAfterMs).toEqualTypeOf<number>();
    if (DeadlineExceededError.is(error)) expectTypeOf(error.deadlineMs).toEqualTypeOf<number>();
    if (ResilienceClosedError.is(error)) expectTypeOf(error).toEqualTypeOf<ResilienceClosedError>();
    if (HoldfastError.is(error)) expectTypeOf(error).toEqualTypeOf<HoldfastError>();
  });

  it('can be distinguished by their code, exhaustively', () => {
    const status = (code: HoldfastErrorCode): number => {
      switch (code) {
        case 'HOLDFAST_QUOTA_HELD':
          return 429;
        case 'HOLDFAST_BREAKER_OPEN':
        case 'HOLDFAST_CAPACITY':
        case 'HOLDFAST_CLOSED':
        case 'HOLDFAST_NO_TARGET':
        case 'HOLDFAST_UNWANTED_RESULT':
          return 503;
        case 'HOLDFAST_STREAM_FAILED':
        case 'HOLDFAST_INVALID_ANSWER':
        case 'HOLDFAST_STREAM_TRUNCATED':
          return 502;
        case 'HOLDFAST_DEADLINE_EXCEEDED':
        case 'HOLDFAST_ATTEMPT_TIMEOUT':
        case 'HOLDFAST_STREAM_STALLED':
          return 504;
        case 'HOLDFAST_CONFIGURATION':
          return 500;
      }
    };
    expectTypeOf(status).returns.toEqualTypeOf<number>();
  });

  it('are read-only', () => {
    const error = new AttemptTimeoutError('chat', 5);
    // @ts-expect-error how long it took is a fact
    error.timeoutMs = 6;
    // @ts-expect-error the base class is abstract
    new HoldfastError('unnamed');
  });
});

describe('explain(), by its types,', () => {
  it('accepts anything, and may return undefined', () => {
    expectTypeOf(explain).parameters.toEqualTypeOf<[error: unknown]>();
    expectTypeOf(explain).returns.toEqualTypeOf<Explanation | undefined>();
    // @ts-expect-error look first
    void explain(undefined).summary;
  });

  it('returns what a report contains', () => {
    expectTypeOf<Explanation>().toExtend<CallRecord>();
    expectTypeOf<Explanation['attempts']>().toEqualTypeOf<readonly AttemptRecord[]>();
    expectTypeOf<Explanation['summary']>().toEqualTypeOf<string>();
  });
});

describe('what an operation returns about itself, by its types,', () => {
  it('is read-only', () => {
    const stats = resilience.stats('chat');
    expectTypeOf(stats).toEqualTypeOf<OperationStats>();
    // @ts-expect-error numbers are counted, not set
    stats.calls = 0;
    // @ts-expect-error the inner ones neither
    stats.latencyMs.p50 = 0;
    // @ts-expect-error kinds are known
    void stats.failuresByKind.unheard_of;
    expectTypeOf(stats.failuresByKind.timeout).toEqualTypeOf<number | undefined>();
    expectTypeOf(stats.lastSuccessAt).toEqualTypeOf<number | undefined>();
  });

  it('has words that are one of a few literals', () => {
    expectTypeOf(resilience.breaker('chat').state).toEqualTypeOf<BreakerState>();
    expectTypeOf(resilience.health().status).toEqualTypeOf<'healthy' | 'degraded' | 'unhealthy'>();
    // @ts-expect-error the state moves by open() and close()
    resilience.breaker('chat').state = 'open';
    expectTypeOf(resilience.health().holds[0]?.kind).toEqualTypeOf<'rate_limited' | 'quota_exhausted' | undefined>();
    // @ts-expect-error health is judged, not set
    resilience.health().openBreakers.push('chat');
    // @ts-expect-error nor are budgets filled by hand
    resilience.health().spentBudgets.pop();
  });
});
