/**
 * Every field that is read from an error, whatever created it. All of them are read before any is interpreted, so getters
 * cannot interfere with classification. Each is read once; if one throws, those before it are read again.
 */
export interface ErrorFields {
  readonly name?: unknown;
  readonly constructor?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly status?: unknown;
  readonly statusCode?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
  readonly lastError?: unknown;
  /** Bodies: parsed by OpenAI-like SDKs, by Mistral and Cohere, by the AI SDK, and the AI SDK's text. */
  readonly error?: unknown;
  readonly body?: unknown;
  readonly data?: unknown;
  readonly responseBody?: unknown;
  readonly headers?: unknown;
  readonly responseHeaders?: unknown;
  /** Responses: of axios and got, of Cohere and Mistral, and of the AWS SDK with its metadata. */
  readonly response?: unknown;
  readonly rawResponse?: unknown;
  readonly $response?: unknown;
  readonly $metadata?: unknown;
  /** Codes beside `code`: Anthropic's and LangChain's. */
  readonly errorCode?: unknown;
  readonly lc_error_code?: unknown;
  readonly requestID?: unknown;
  readonly requestId?: unknown;
  readonly request_id?: unknown;
  readonly retryAfterMs?: unknown;
  readonly url?: unknown;
  /** Set by gRPC clients. */
  readonly details?: unknown;
}

/** True for an object or a function: a value whose fields can be read. */
export function hasFields(value: unknown): value is ErrorFields {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Reads the fields of an error. A field that throws is left out. */
export function readErrorFields(error: ErrorFields): ErrorFields {
  try {
    return readAllFields(error);
  } catch {
    return readEachField(error);
  }
}

/** Spelled out field by field: a loop over names is five times slower. */
function readAllFields(error: ErrorFields): Required<ErrorFields> {
  return {
    name: error.name,
    constructor: error.constructor,
    message: error.message,
    code: error.code,
    type: error.type,
    status: error.status,
    statusCode: error.statusCode,
    cause: error.cause,
    errors: error.errors,
    lastError: error.lastError,
    error: error.error,
    body: error.body,
    data: error.data,
    responseBody: error.responseBody,
    headers: error.headers,
    responseHeaders: error.responseHeaders,
    response: error.response,
    rawResponse: error.rawResponse,
    $response: error.$response,
    $metadata: error.$metadata,
    errorCode: error.errorCode,
    lc_error_code: error.lc_error_code,
    requestID: error.requestID,
    requestId: error.requestId,
    request_id: error.request_id,
    retryAfterMs: error.retryAfterMs,
    url: error.url,
    details: error.details,
  };
}

/** The names of the fields, taken from the one place that lists them. */
const FIELD_NAMES = Object.keys(readAllFields({}));

function readEachField(error: ErrorFields): ErrorFields {
  return Object.fromEntries(FIELD_NAMES.map((name) => [name, tryRead<unknown>(() => Reflect.get(error, name))]));
}

/** Returns what `read` returns, or `undefined` if it throws, as getters and Proxies may. */
export function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** How much of a text is searched, in UTF-16 units. Error messages are short, but a server may send megabytes. */
export const MAX_SEARCHED_LENGTH = 4_096;

/** Cuts a text down to the part that is searched. */
export function limitText(text: string): string {
  return text.length > MAX_SEARCHED_LENGTH ? text.slice(0, MAX_SEARCHED_LENGTH) : text;
}
