import { rebuildResponse } from './rebuild-response.js';

/**
 * A response that is a failure, as classification reads it: by its status, its headers and its body. The caller of `fetch` gets
 * the response.
 */
export class FailedResponse extends Error {
  override readonly name = 'FailedResponse';
  readonly status: number;
  readonly headers: Headers;
  /** The beginning of the body. */
  readonly body: string;
  readonly #original: Response;
  readonly #read: ReadBody;

  constructor(original: Response, read: ReadBody) {
    super(`status ${original.status}`);
    this.status = original.status;
    this.headers = original.headers;
    this.body = new TextDecoder().decode(joinBytes(read.chunks));
    this.#original = original;
    this.#read = read;
  }

  /** The response, whose body is still to be read. Can be called once. */
  toResponse(): Response {
    const { chunks, rest } = this.#read;
    if (rest === undefined) return rebuildResponse(this.#original, joinBytes(chunks));
    return rebuildResponse(this.#original, continueBody(chunks, rest));
  }

  /** Ends the request behind it, if its body has not been read to the end. */
  discard(): void {
    // An upstream that has gone is what is wanted.
    void this.#read.rest?.cancel().then(undefined, () => undefined);
  }
}

/** A body that has been read up to a limit. */
export interface ReadBody {
  readonly chunks: readonly Uint8Array[];
  /** What has not been read; `undefined` at the end. */
  readonly rest: ReadableStreamDefaultReader<Uint8Array> | undefined;
}

/** Reads a body until it has at least `limitBytes`, or to its end. */
export async function readBody(response: Response, limitBytes: number): Promise<ReadBody> {
  if (response.body === null) return { chunks: [], rest: undefined };
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < limitBytes; ) {
    const { done, value } = await reader.read();
    if (done) return { chunks, rest: undefined };
    chunks.push(value);
    bytes += value.length;
  }
  return { chunks, rest: reader };
}

export function joinBytes(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function continueBody(
  chunks: readonly Uint8Array[],
  rest: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    pull: async (controller) => {
      const { done, value } = await rest.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => rest.cancel(reason),
  });
}
