/** The options of a call to an SDK in these tests. */
export interface Ask {
  /** The provider's URL. */
  readonly url: string;
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** The SDK's own timeout, in milliseconds. */
  readonly timeoutMs: number;
  /** Called after every part of a stream. */
  readonly onPart?: (() => void) | undefined;
}

/** An SDK, with its own retries switched off. */
export interface Client {
  /** Requests an answer, and resolves with what the SDK returns. */
  chat(ask: Ask): Promise<unknown>;
  /** Requests a stream, reads it to its end, and resolves with its parts. */
  stream(ask: Ask): Promise<readonly unknown[]>;
}

/** Reads a stream to its end. */
export async function readAll(
  stream: AsyncIterable<unknown> | undefined,
  { onPart }: Ask,
): Promise<readonly unknown[]> {
  const parts: unknown[] = [];
  for await (const part of stream ?? []) {
    parts.push(part);
    onPart?.();
  }
  return parts;
}
