/** What a call of an SDK is given in these tests. */
export interface Ask {
  /** Where the provider is. */
  readonly url: string;
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined;
  /** The SDK's own timeout, in milliseconds. */
  readonly timeoutMs: number;
  /** Hears of every part of a stream. */
  readonly onPart?: (() => void) | undefined;
}

/** An SDK, with its own retries switched off. */
export interface Client {
  /** Asks for an answer, and gives what the SDK makes of it. */
  chat(ask: Ask): Promise<unknown>;
  /** Asks for a stream, reads it to its end, and gives its parts. */
  stream(ask: Ask): Promise<readonly unknown[]>;
}

/** Everything that comes out of a stream. */
export async function drained(
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
