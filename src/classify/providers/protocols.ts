import type { KnownErrors } from './known-errors.js';

/** Errors of HTTP clients and gateways, for any provider. */
export const http: KnownErrors = {
  codes: {
    timeout: ['TimeoutError', 'request_timeout', 'RequestTimeoutError', 'GatewayTimeoutError', 'timeout_error'],
    cancelled: ['AbortError', 'CanceledError', 'ERR_CANCELED', 'The user aborted a request', 'Request aborted'],
  },
  phrases: [
    {
      kind: 'rate_limited',
      insteadOf: ['unknown'],
      anyOf: ['too many requests', 'rate limit reached', 'rate limit exceeded', 'rate limited', 'tokens per min'],
    },
    {
      kind: 'context_length',
      insteadOf: ['invalid_request', 'auth', 'unknown'],
      anyOf: [
        'maximum context length',
        'maximum prompt length is',
        'context window',
        "model's context length",
        'available context size',
        'greater than the context length',
        'reduce the length of the messages',
        'reduce the length of the input',
        'input tokens exceed the configured limit',
        'length of all messages is too long',
        'prompt too long',
      ],
    },
    {
      kind: 'content_policy',
      insteadOf: ['invalid_request', 'auth', 'unknown'],
      anyOf: ['content policy', 'content filtering policy', 'content management policy', 'safety system'],
    },
    {
      kind: 'timeout',
      insteadOf: ['unknown'],
      anyOf: ['request timed out', 'timed out waiting', 'deadline exceeded'],
    },
  ],
};

/** Sockets, DNS, TLS and undici, by Node's codes. */
export const network: KnownErrors = {
  codes: {
    cancelled: ['UND_ERR_ABORTED', 'ABORT_ERR'],
    timeout: [
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_HEADERS_TIMEOUT',
      'UND_ERR_BODY_TIMEOUT',
      'ETIMEDOUT',
      'ESOCKETTIMEDOUT',
      'ERR_SOCKET_CONNECTION_TIMEOUT',
    ],
    network: [
      'ECONNRESET',
      'ECONNREFUSED',
      'ECONNABORTED',
      'EPIPE',
      'ENOTFOUND',
      'EAI_AGAIN',
      'EHOSTUNREACH',
      'EHOSTDOWN',
      'ENETUNREACH',
      'ENETDOWN',
      'ENETRESET',
      'ENOTCONN',
      'EPROTO',
      'UND_ERR_SOCKET',
      'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
      'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
      'ERR_STREAM_PREMATURE_CLOSE',
      'ERR_HTTP2_GOAWAY_SESSION',
      'ERR_HTTP2_SESSION_ERROR',
      'ERR_HTTP2_STREAM_ERROR',
      'ERR_HTTP2_INVALID_SESSION',
      'NGHTTP2_REFUSED_STREAM',
      'HPE_INVALID_CONSTANT',
      'HPE_INVALID_EOF_STATE',
    ],
  },
  weakCodes: {
    network: ['fetch failed', 'terminated', 'socket hang up', 'other side closed', 'Premature close', 'network error'],
  },
  unexecutedCodes: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'NGHTTP2_REFUSED_STREAM'],
};

/** gRPC, by the names of its codes, which Google's JSON uses too. */
export const grpc: KnownErrors = {
  codes: {
    cancelled: ['CANCELLED'],
    timeout: ['DEADLINE_EXCEEDED'],
    overloaded: ['UNAVAILABLE'],
    rate_limited: ['RESOURCE_EXHAUSTED'],
    auth: ['PERMISSION_DENIED', 'UNAUTHENTICATED'],
    not_found: ['NOT_FOUND', 'UNIMPLEMENTED'],
    invalid_request: ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'ALREADY_EXISTS'],
    server_error: ['INTERNAL', 'DATA_LOSS', 'ABORTED'],
  },
  weakCodes: { unknown: ['UNKNOWN'] },
};

/** The names of the codes by number, which is what gRPC clients report. */
const GRPC_CODES: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** Finds the name of a numeric gRPC code. */
export function findGrpcCode(code: number): string | undefined {
  return GRPC_CODES[code];
}
