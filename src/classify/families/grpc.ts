import type { Family } from './family.js';

/** gRPC, by the names of its codes, which Google's JSON uses as well. */
export const grpc: Family = {
  words: {
    cancelled: ['CANCELLED'],
    timeout: ['DEADLINE_EXCEEDED'],
    overloaded: ['UNAVAILABLE'],
    rate_limited: ['RESOURCE_EXHAUSTED'],
    auth: ['PERMISSION_DENIED', 'UNAUTHENTICATED'],
    not_found: ['NOT_FOUND', 'UNIMPLEMENTED'],
    invalid_request: ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'OUT_OF_RANGE', 'ALREADY_EXISTS'],
    server_error: ['INTERNAL', 'DATA_LOSS', 'ABORTED'],
  },
  vague: { unknown: ['UNKNOWN'] },
};

/** The codes by number, as gRPC clients give them. */
const CODES: readonly string[] = [
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

/** The name of a gRPC code, for a number that is one. */
export function grpcCode(code: number): string | undefined {
  return CODES[code];
}
