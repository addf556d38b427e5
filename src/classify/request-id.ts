import type { Link } from './link.js';
import { TELLING_HEADERS } from './providers.js';
import { hasFields, safely } from './sight.js';

/** Headers that number a request, the provider's own before that of what stands before it. */
const HEADERS = [
  'request-id',
  'x-request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'mistral-correlation-id',
  'x-debug-trace-id',
];
/** Those that say nothing of who has answered. */
const COMMON_HEADERS = HEADERS.filter((name) => !TELLING_HEADERS.has(name));
const LONGEST = 256;

/** The callee's own number of the request. */
export function requestIdOf(link: Link): string | undefined {
  const { sight, headers, found } = link;
  const { requestID, requestId, request_id: snakeId, $metadata } = sight;
  if (isId(requestID)) return requestID;
  if (isId(requestId)) return requestId;
  if (isId(snakeId)) return snakeId;
  if (isId(found.requestId)) return found.requestId;
  const metadataId = hasFields($metadata) ? safely(() => $metadata.requestId) : undefined;
  if (isId(metadataId)) return metadataId;
  if (headers === undefined) return undefined;
  // The others have been looked for, and are not there.
  for (const name of link.origin.isAnonymous ? COMMON_HEADERS : HEADERS) {
    const id = headers.get(name);
    if (isId(id)) return id;
  }
  return undefined;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LONGEST;
}
