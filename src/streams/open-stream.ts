import { StreamStalledError, StreamTruncatedError } from '../errors/index.js';
import type {
  Call,
  DeferredOutcome,
  Run,
  StageAttempt,
  StreamLimits,
  StreamOpening,
  StreamWatch,
} from '../pipeline/index.js';
import type { Dialect } from './dialect.js';
import { type GuardInit, isSourceOpen, type StreamEnding, StreamGuard } from './guard.js';

/** Receives how streams fail; its methods must not throw. */
export interface StreamListener {
  streamStalled(attempt: StageAttempt, error: StreamStalledError): void;
  streamTruncated(attempt: StageAttempt, error: StreamTruncatedError): void;
  dialectFailed(attempt: StageAttempt, error: unknown): void;
}

/** Calls the function of an attempt. If the call is that of a stream, the value is its guard, within these limits. */
export function invokeWithin(limits: StreamLimits, listener: StreamListener): Run {
  const watch: StreamWatch = {
    limits,
    onFailure: (attempt, error) => {
      if (error instanceof StreamStalledError) listener.streamStalled(attempt, error);
      else if (error instanceof StreamTruncatedError) listener.streamTruncated(attempt, error);
    },
    onDialectFailed: (attempt, error) => listener.dialectFailed(attempt, error),
  };
  return (attempt) => {
    const { stream } = attempt.call;
    if (stream === undefined) return attempt.invoke();
    return attempt.invoke((work) => () => stream.open(attempt, work, watch));
  };
}

/** Opens streams of a dialect; `undefined`: recognised by their first event. */
export function openingOf(dialect: Dialect | undefined): StreamOpening {
  return { open: (attempt, work, watch) => openStream(attempt, work, watch, { dialect }) };
}

/** How the events of a stream are read. */
export type StreamReading = Pick<GuardInit, 'dialect' | 'reader' | 'passesFailures'>;

/**
 * Resolves when the stream of an attempt has its first content; the attempt has its outcome when the stream ends. If it fails
 * before the first content, the attempt fails like any other.
 */
export async function openStream(
  attempt: StageAttempt,
  work: (call: Call) => unknown,
  { limits, onFailure, onDialectFailed }: StreamWatch,
  reading: StreamReading,
): Promise<StreamGuard> {
  let outcome: DeferredOutcome | undefined;
  const guard: StreamGuard = new StreamGuard({
    ...reading,
    limits,
    startedAtMs: attempt.startedAtMs,
    operation: attempt.operation,
    holdsBack: true,
    onDialectFailed: (error) => onDialectFailed(attempt, error),
    onFirstContent: (firstContentMs) => attempt.observe({ firstContentMs }),
    onEnd: (ending) => {
      const { usage } = guard.answer;
      if (usage !== undefined) attempt.observe({ usage });
      // An owner that has ended reports its own error.
      if ('error' in ending && ending.by !== 'owner') onFailure(attempt, ending.error);
      settle(attempt, outcome, ending);
      // Ends the request of the function, also where closing its stream does not.
      if (isSourceOpen(ending)) attempt.abortSignal?.(new DOMException('the stream has ended', 'AbortError'));
    },
  });
  attempt.onOutcome((result) => {
    if ('error' in result) guard.interrupt(result.error);
  });
  await guard.open(await work(attempt));
  const { ending } = guard;
  if (ending !== undefined && 'error' in ending) throw ending.error;
  if (ending === undefined) outcome = attempt.deferOutcome();
  return guard;
}

/** @param outcome `undefined` before the first content: then the function fails or succeeds. */
function settle(attempt: StageAttempt, outcome: DeferredOutcome | undefined, ending: StreamEnding): void {
  switch (ending.by) {
    case 'end':
      outcome?.succeed();
      break;
    case 'source':
      outcome?.fail(ending.error);
      break;
    case 'limit':
      // The breaker ignores a reader that is late.
      if (ending.isReaderLate) outcome?.ignore();
      else attempt.interrupt({ by: 'attempt_timeout', error: ending.error });
      break;
    case 'reader':
      if (ending.isComplete) outcome?.succeed();
      else outcome?.ignore();
      break;
    case 'owner':
      break;
  }
}
