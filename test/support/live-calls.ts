import {
  type CallHooks,
  type CallInit,
  type Failure,
  type Interruption,
  type Lane,
  LiveCall,
} from '../../src/pipeline/index.js';

/** Hooks that write down what they are called with. */
export interface NotedHooks extends CallHooks {
  readonly notes: readonly string[];
  /** What they were asked to classify. */
  readonly classified: readonly { readonly error: unknown; readonly interruption: Interruption | undefined }[];
}

const UNKNOWN: Failure = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };

/** Hooks to which every error means the same. */
export function notedHooks(failure: Failure = UNKNOWN): NotedHooks {
  const notes: string[] = [];
  const classified: { error: unknown; interruption: Interruption | undefined }[] = [];
  return {
    notes,
    classified,
    callId: (serial) => `call-${serial}`,
    classify: (error, { interruption }) => {
      classified.push({ error, interruption });
      return failure;
    },
    attemptStarted: ({ attempt }) => {
      notes.push(`${attempt} started`);
    },
    attemptFailed: ({ attempt }, error) => {
      notes.push(`${attempt} failed: ${error instanceof Error ? error.message : String(error)}`);
    },
    attemptAbandoned: ({ attempt }, outcome) => {
      notes.push(`${attempt} abandoned: ${outcome}`);
    },
  };
}

/** A lane that counts how many attempts are in it. */
export interface CountingLane extends Lane {
  readonly inUse: () => number;
}

export function countingLane(own: Partial<Pick<Lane, 'operation' | 'key'>> = {}): CountingLane {
  let inUse = 0;
  return {
    operation: 'chat',
    key: undefined,
    ...own,
    enter: () => {
      inUse += 1;
    },
    rest: () => undefined,
    leave: () => {
      inUse -= 1;
    },
    inUse: () => inUse,
  };
}

/** A call that has just started, without a deadline, whose function returns `fine`. */
export function liveCall(init: Partial<CallInit> = {}): LiveCall {
  return new LiveCall({
    hooks: notedHooks(),
    lane: countingLane(),
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
