import type { Family } from './family.js';

/** Sockets, DNS, TLS and undici, by the codes that Node gives them. */
export const network: Family = {
  words: {
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
  vague: {
    network: ['fetch failed', 'terminated', 'socket hang up', 'other side closed', 'Premature close', 'network error'],
  },
  unexecuted: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'NGHTTP2_REFUSED_STREAM'],
};
