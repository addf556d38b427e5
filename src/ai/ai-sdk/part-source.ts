import { aiSdk, type Dialect, hasFields } from '../../streams/index.js';
import type { ModelStream } from './models.js';

/** A part of an answer, with the result of the call that it came from: several attempts may be made for one answer. */
export interface SourcePart<Part, Result> {
  readonly part: Part;
  readonly result: Result;
}

/** How the parts of {@link readParts} are read. */
export const PART_DIALECT: Dialect = Object.freeze({
  name: aiSdk.name,
  hasEnd: aiSdk.hasEnd,
  recognises: () => true,
  read: (event: unknown) => aiSdk.read(readPart(event)),
});

function readPart(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'part' in event ? event.part : undefined;
}

/** Decides about an answer without content, by its last part. Returns the error that it fails with, if it is not wanted. */
export type JudgeEmptyAnswer<Part> = (finish: Part, parts: readonly Part[]) => Error | undefined;

/** The most parts that are kept of an answer before its first content. */
const MOST_KEPT = 1_000;

/** Reads the parts of an answer, each with the result that it belongs to. */
export function readParts<Part>(
  result: ModelStream<Part>,
  judge: JudgeEmptyAnswer<Part> | undefined,
): ReadableStream<SourcePart<Part, ModelStream<Part>>> {
  const reader = result.stream.getReader();
  /** Present until the first content, if the answer has to be judged. */
  let kept: Part[] | undefined = judge && [];
  const findError = (part: Part): Error | undefined => {
    if (kept === undefined) return undefined;
    kept.push(part);
    if (kept.length > MOST_KEPT || hasContent(part)) kept = undefined;
    return kept !== undefined && isFinish(part) ? judge?.(part, kept) : undefined;
  };
  return new ReadableStream<SourcePart<Part, ModelStream<Part>>>(
    {
      async pull(controller) {
        const { done, value: part } = await reader.read();
        if (done) {
          controller.close();
          return;
        }
        const error = findError(part);
        if (error === undefined) controller.enqueue({ part, result });
        else controller.error(error);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

function hasContent(part: unknown): boolean {
  return aiSdk.read(part).some(({ kind }) => kind === 'content' || kind === 'tool_call');
}

function isFinish(part: unknown): boolean {
  return hasFields(part) && part.type === 'finish';
}
