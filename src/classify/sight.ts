/**
 * What is looked at on an error, whatever made it. All of it is read before anything is made of it: what follows cannot be
 * disturbed by getters. Each field is read once; only where one of them throws, those before it are read again.
 */
export interface Sight {
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
  /** Codes beside the code: Anthropic's and LangChain's. */
  readonly errorCode?: unknown;
  readonly lc_error_code?: unknown;
  readonly requestID?: unknown;
  readonly requestId?: unknown;
  readonly request_id?: unknown;
  readonly retryAfterMs?: unknown;
  readonly url?: unknown;
  /** Of gRPC clients. */
  readonly details?: unknown;
}

/** True for what has fields that can be read. */
export function hasFields(value: unknown): value is Sight {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Reads an error. What cannot be read is left out. */
export function look(error: Sight): Sight {
  try {
    return lookAtOnce(error);
  } catch {
    return lookByField(error);
  }
}

/** Field by field in the source: a loop over names is five times slower. */
function lookAtOnce(error: Sight): Required<Sight> {
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

/** What is read of every error, by the only list of it. */
const FIELDS = Object.keys(lookAtOnce({}));

function lookByField(error: Sight): Sight {
  return Object.fromEntries(FIELDS.map((field) => [field, safely<unknown>(() => Reflect.get(error, field))]));
}

/** What a function gives; `undefined` when it throws, as getters and Proxies may. */
export function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
