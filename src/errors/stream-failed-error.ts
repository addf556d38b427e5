import { HoldfastError } from './holdfast-error.js';
import { escapeControlCharacters } from './printable.js';
import { NO_PARTIAL, type StreamPartial } from './stream-partial.js';

/** The most characters of the provider's text in a message: some repeat the whole request. */
const MOST_SHOWN = 300;
/** Providers nest what they say: an event has an error, which a gateway got as the error of another provider. */
const MAX_DEPTH = 3;

/**
 * The provider said within a stream that it has failed. What it said is no `Error`, so that it is passed on in this one;
 * `classify` reads it as if it had been thrown itself.
 */
export class StreamFailedError extends HoldfastError {
  override readonly name = 'StreamFailedError';
  override readonly code = 'HOLDFAST_STREAM_FAILED';
  /** The operation whose stream failed; `undefined` for one that `protectStream` guards. */
  readonly operation: string | undefined;
  /** What the provider sent, unchanged. */
  readonly error: unknown;
  readonly #partial: StreamPartial;

  constructor(
    error: unknown,
    { operation, partial = NO_PARTIAL }: { readonly operation?: string | undefined; readonly partial?: StreamPartial },
  ) {
    const stream = operation === undefined ? 'the stream' : `the stream of '${operation}'`;
    super(`${stream} failed: ${describe(error)}`);
    this.operation = operation;
    this.error = error;
    this.#partial = partial;
  }

  /** What had arrived of the answer. Not part of what loggers write: it may be confidential. */
  get partial(): StreamPartial {
    return this.#partial;
  }

  static override is(error: unknown): error is StreamFailedError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_STREAM_FAILED';
  }
}

/** Describes what a provider said by its message and code. */
function describe(error: unknown): string {
  const { message, code } = read(error, 0);
  if (message === undefined) return code ?? 'the provider did not say why';
  return code === undefined || message.includes(code) ? message : `${message} (${code})`;
}

interface Said {
  readonly message?: string | undefined;
  readonly code?: string | undefined;
}

/** Reads the innermost message and code, since the outer ones are those of the event. */
function read(error: unknown, depth: number): Said {
  if (typeof error === 'string') return { message: toText(error) };
  if (typeof error !== 'object' || error === null || depth > MAX_DEPTH) return {};
  const inner = read(readField(error, 'error'), depth + 1);
  return {
    message: inner.message ?? toText(readField(error, 'message')),
    code: inner.code ?? findCode(error),
  };
}

/** The fields that hold codes, the most telling first. */
const CODES = ['code', 'status', 'type', 'name'];

function findCode(error: object): string | undefined {
  // A number says less than a name beside it.
  let number: string | undefined;
  for (const field of CODES) {
    const value = readField(error, field);
    if (typeof value === 'number') number ??= String(value);
    else if (typeof value === 'string' && value !== '') return toText(value);
  }
  return number;
}

function readField(object: object, field: string): unknown {
  try {
    return Reflect.get(object, field);
  } catch {
    // A getter or a Proxy that throws.
    return undefined;
  }
}

function toText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return escapeControlCharacters(value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value);
}
