import type { FailureKind } from '../pipeline/index.js';
import type { ChainedError } from './chained-error.js';

/** Statuses whose meaning differs from the rest of their class. */
const STATUS_KINDS: ReadonlyMap<number, FailureKind> = new Map<number, FailureKind>([
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
  // From the CDN in front of many providers: the origin was too slow to connect or to answer.
  [522, 'timeout'],
  [524, 'timeout'],
  [529, 'overloaded'],
]);

/** A status whose meaning changes with other evidence, whatever the codes say. */
interface StatusOverride {
  readonly status: number;
  readonly kind: FailureKind;
  readonly when: (error: ChainedError) => boolean;
}

const STATUS_OVERRIDES: readonly StatusOverride[] = [
  // OpenRouter: credit that requests in progress have reserved is released. A response with a time asks for a wait.
  { status: 402, kind: 'rate_limited', when: ({ headers }) => headers?.get('retry-after') !== undefined },
  // Anthropic: the customer's own key store cannot be reached. The model is not overloaded.
  {
    status: 503,
    kind: 'server_error',
    when: ({ findings }) => findings.codes.some((code) => code.startsWith('cmek_')),
  },
];

/** Finds what a status means on its own; `undefined` if it is no error status. */
export function findStatusKind(status: number | undefined): FailureKind | undefined {
  if (status === undefined || status < 400) return undefined;
  return STATUS_KINDS.get(status) ?? (status < 500 ? 'invalid_request' : 'server_error');
}

/** Finds what the status of an error means together with its other evidence; `undefined` if no override applies. */
export function findStatusOverride(error: ChainedError): FailureKind | undefined {
  for (const { status, kind, when } of STATUS_OVERRIDES) if (status === error.status && when(error)) return kind;
  return undefined;
}
