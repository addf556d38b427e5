import type { Dialect, StreamSign } from 'holdfast';

/** An event of the test's own API: what it means stands in it. */
export interface TestEvent {
  readonly nth: number;
  readonly signs: readonly StreamSign[];
}

/** Reads {@link TestEvent}. */
export const TEST_DIALECT: Dialect = {
  name: 'test',
  recognises: isTestEvent,
  read: (event) => (isTestEvent(event) ? event.signs : []),
  hasEnd: true,
};

function isTestEvent(event: unknown): event is TestEvent {
  return typeof event === 'object' && event !== null && 'signs' in event;
}

/** Makes events, numbered in their order. */
export function numbered(...signs: readonly (StreamSign | readonly StreamSign[] | 'ping')[]): TestEvent[] {
  return signs.map((each, index) => ({
    nth: index + 1,
    signs: each === 'ping' ? [] : 'kind' in each ? [each] : each,
  }));
}

export const START: StreamSign = { kind: 'preamble' };
export const END: StreamSign = { kind: 'end', finish: 'stop' };

export function text(value: string): StreamSign {
  return { kind: 'content', text: value };
}

/** What a source does, one step for each read. */
export type SourceStep =
  | { readonly event: unknown; readonly afterMs?: number }
  | { readonly error: unknown; readonly afterMs?: number }
  | 'silence';

/** A source that takes note of how it is read and closed. Ends after its last step. */
export class ScriptedSource implements AsyncIterable<unknown> {
  reads = 0;
  pending = 0;
  closed = 0;
  ended = false;
  readonly #steps: readonly SourceStep[];

  constructor(steps: readonly SourceStep[]) {
    this.#steps = steps;
  }

  /** Whether it has ended by itself or was closed. */
  get isOver(): boolean {
    return this.ended || this.closed > 0;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: async () => {
        const step = this.#steps[this.reads++];
        this.pending += 1;
        try {
          if (step === 'silence') return await new Promise<never>(() => undefined);
          const afterMs = step?.afterMs ?? 0;
          if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
          if (step === undefined) {
            this.ended = true;
            return { done: true, value: undefined };
          }
          if ('error' in step) {
            this.ended = true;
            throw step.error;
          }
          return { done: false, value: step.event };
        } finally {
          this.pending -= 1;
        }
      },
      return: async () => {
        this.closed += 1;
        return { done: true, value: undefined };
      },
    };
  }
}

/** A source with these events at once. */
export function sourceOf(events: readonly unknown[], ...then: readonly SourceStep[]): ScriptedSource {
  return new ScriptedSource([...events.map((event) => ({ event })), ...then]);
}

/** What a reader has got. */
export interface Read {
  readonly events: unknown[];
  readonly error: unknown;
}

/** Reads a stream to its end. */
export async function readAll(stream: AsyncIterable<unknown>): Promise<Read> {
  const events: unknown[] = [];
  try {
    for await (const event of stream) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}
