import { type Dialect, recogniseDialect, type StreamSign } from '../../streams/index.js';
import { isObject, readField } from './adapter.js';

/** Longer answers are not parsed: their usage stays unknown. */
const PARSED_BYTES = 4_194_304;
const DECODER = new TextDecoder();

/**
 * Reads the events of `ConverseStream`, and those of `InvokeModelWithResponseStream`: their bytes are an event of the model's
 * own provider.
 */
export class BedrockDialect implements Dialect {
  readonly name = 'bedrock_runtime';
  #dialect: Dialect | undefined;

  /** A stream without any event is no answer. */
  get hasEnd(): boolean {
    return this.#dialect?.hasEnd ?? true;
  }

  recognises(): boolean {
    return true;
  }

  read(event: unknown): readonly StreamSign[] {
    const chunk = isObject(event) ? readField(event, 'chunk') : undefined;
    const bytes = isObject(chunk) ? readField(chunk, 'bytes') : undefined;
    const own = bytes instanceof Uint8Array ? parseBytes(bytes) : event;
    this.#dialect ??= recogniseDialect(own);
    return this.#dialect?.read(own) ?? [];
  }
}

/** Parses JSON; `undefined` if it is none. */
export function parseBytes(bytes: Uint8Array): unknown {
  if (bytes.length > PARSED_BYTES) return undefined;
  try {
    return JSON.parse(DECODER.decode(bytes));
  } catch {
    return undefined;
  }
}
