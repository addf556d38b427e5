import type { FailureKind } from '../../pipeline/index.js';
import type { Family } from './family.js';

/** Statuses that mean something else than their class does. */
const STATUSES: ReadonlyMap<number, FailureKind> = new Map<number, FailureKind>([
  [401, 'auth'],
  [402, 'quota_exhausted'],
  [403, 'auth'],
  [404, 'not_found'],
  [407, 'auth'],
  [408, 'timeout'],
  [409, 'server_error'],
  [410, 'not_found'],
  [424, 'server_error'],
  [425, 'server_error'],
  [429, 'rate_limited'],
  [498, 'rate_limited'],
  [499, 'cancelled'],
  [503, 'overloaded'],
  [504, 'timeout'],
  // Of the CDN in front of many providers: the origin was too slow to connect or to answer.
  [522, 'timeout'],
  [524, 'timeout'],
  [529, 'overloaded'],
]);

/** What a status means by itself; `undefined` for a success, which says nothing. */
export function kindOfStatus(status: number | undefined): FailureKind | undefined {
  if (status === undefined || status < 400) return undefined;
  return STATUSES.get(status) ?? (status < 500 ? 'invalid_request' : 'server_error');
}

/** What HTTP clients and gateways say whatever stands behind them. */
export const http: Family = {
  words: {
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
