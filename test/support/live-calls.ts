import { type CallHost, type CallInit, type Failure, type Interruption, LiveCall } from '../../src/pipeline/index.js';

/** A host that writes down what it is told. */
export interface NotingHost extends CallHost {
  readonly told: readonly string[];
  /** What it was asked to read. */
  readonly read: readonly { readonly error: unknown; readonly interruption: Interruption | undefined }[];
}

const UNKNOWN: Failure = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };

/** A host to whom every error means the same. */
export function notingHost(failure: Failure = UNKNOWN): NotingHost {
  const told: string[] = [];
  const read: { error: unknown; interruption: Interruption | undefined }[] = [];
  return {
    told,
    read,
    operation: 'chat',
    key: undefined,
    callId: (serial) => `call-${serial}`,
    failureOf: (error, { interruption }) => {
      read.push({ error, interruption });
      return failure;
    },
    attempted: ({ attempt }) => {
      told.push(`${attempt} began`);
    },
    attemptFailed: ({ attempt }, error) => {
      told.push(`${attempt} failed: ${error instanceof Error ? error.message : String(error)}`);
    },
    attemptAbandoned: ({ attempt }, outcome) => {
      told.push(`${attempt} abandoned: ${outcome}`);
    },
  };
}

/** A call that has just begun, without a deadline, whose function gives `fine`. */
export function liveCall(init: Partial<CallInit> = {}): LiveCall {
  return new LiveCall({
    host: notingHost(),
    work: () => 'fine',
    run: (attempt) => attempt.invoke(),
    serial: 1,
    startedAtMs: performance.now(),
    deadlineMs: undefined,
    signal: undefined,
    context: {},
    idempotent: true,
    replayable: true,
    ...init,
  });
}
