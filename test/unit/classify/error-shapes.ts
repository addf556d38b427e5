/** Errors with the fields that SDKs give them, without the SDKs. */

/** Errors of the OpenAI SDK and its relatives, which are named `Error` and differ by class only. */
export class APIUserAbortError extends Error {}
export class APIConnectionError extends Error {}
export class APIConnectionTimeoutError extends APIConnectionError {}

/** An error response, as the OpenAI SDK reports it. */
export function openaiError(status: number | undefined, error: object, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('message' in error ? `${status} ${error.message}` : `${status}`), {
    status,
    headers: new Headers(headers),
    error,
    ...error,
    message: 'message' in error ? `${status} ${error.message}` : `${status}`,
  });
}

/** An error response, as the Anthropic SDK reports it: with the whole body. */
export function anthropicError(
  status: number | undefined,
  type: string,
  message: string,
  headers: Record<string, string> = {},
  errorCode: string | null = null,
): Error {
  const body = { type: 'error', error: { type, message }, request_id: 'req_1' };
  const error = new Error(`${status} ${JSON.stringify(body)}`);
  return Object.assign(error, { status, headers: new Headers(headers), error: body, type, errorCode });
}

/** An error response, as Google's SDK reports it: a status, and the body as the message. */
export function googleError(status: number, word: string, message: string, details: readonly object[] = []): Error {
  const text = JSON.stringify({ error: { code: status, message, status: word, details } });
  return Object.assign(new Error(text), { name: 'ApiError', status });
}

/** An error response, as the AWS SDK reports it. */
export function awsError(name: string, status: number, message = 'It failed.', headers: object = {}): Error {
  const error = Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: status, requestId: 'req_aws' },
  });
  return Object.defineProperty(error, '$response', { value: { statusCode: status, headers }, enumerable: false });
}

/** An error response, as the AI SDK reports it. */
export function aiSdkError(statusCode: number, body: object, responseHeaders: Record<string, string> = {}): Error {
  const error = Object.assign(new Error('Bad answer'), { name: 'AI_APICallError', url: 'https://api.openai.com/v1/x' });
  return Object.assign(error, { statusCode, responseHeaders, responseBody: JSON.stringify(body) });
}

/** An error of Node with a code. */
export function nodeError(code: string, message = `connect ${code}`): Error {
  return Object.assign(new Error(message), { code, errno: -111, syscall: 'connect' });
}

/** An HTTP/2 stream closed by an error, whose reason Node gives only in the message. */
export function closedStream(reason: string): Error {
  return Object.assign(new Error(`Stream closed with error code ${reason}`), { code: 'ERR_HTTP2_STREAM_ERROR' });
}

/** What `fetch` rejects with. */
export function fetchFailed(cause: unknown): TypeError {
  return new TypeError('fetch failed', { cause });
}
