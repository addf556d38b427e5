import { detectOrigin, type Origin, PROVIDER_HEADERS } from './detect-provider.js';
import { type ErrorFields, hasFields, readErrorFields, tryRead } from './error-fields.js';
import { type Findings, readFindings } from './findings.js';
import { findResponseHeaders, type ResponseHeaders, readResponseStatus, toErrorStatus } from './response.js';

/** One error of a chain of causes, as far as it can be read. */
export class ChainedError {
  readonly error: unknown;
  /** Whether it is about the same request as the outermost error; false for errors of other attempts. */
  readonly isSameRequest: boolean;
  readonly fields: ErrorFields;
  readonly name: string;
  readonly message: string;
  /** The status of the response itself, whatever its body says. */
  readonly responseStatus: number | undefined;
  /** The HTTP status: an error status of the response, `code` or body if there is one, else the status of the response. */
  readonly status: number | undefined;
  readonly findings: Findings;
  readonly headers: ResponseHeaders | undefined;
  #className: string | undefined;
  #origin: Origin | undefined;

  constructor(error: unknown, isSameRequest: boolean) {
    this.error = error;
    this.isSameRequest = isSameRequest;
    const fields = hasFields(error) ? readErrorFields(error) : { message: error };
    this.fields = fields;
    this.name = toText(fields.name);
    this.message = toText(fields.message);
    this.responseStatus = readResponseStatus(fields);
    this.findings = readFindings(fields, this.message);
    this.status =
      toErrorStatus(this.responseStatus) ?? toErrorStatus(fields.code) ?? this.findings.status ?? this.responseStatus;
    this.headers = findResponseHeaders(fields);
  }

  /** The name of its class, since some SDKs name all their errors `Error`. */
  get className(): string {
    this.#className ??= readClassName(this.fields.constructor);
    return this.#className;
  }

  /** Where it comes from. Detected on first use and kept, since headers are slow to read. */
  get origin(): Origin {
    this.#origin ??= detectOrigin(this.fields, this.headers);
    return this.#origin;
  }

  /** The provider's ID of the request. */
  get requestId(): string | undefined {
    const { fields, headers, findings } = this;
    const { requestID, requestId, request_id: snakeCaseId, $metadata } = fields;
    if (isRequestId(requestID)) return requestID;
    if (isRequestId(requestId)) return requestId;
    if (isRequestId(snakeCaseId)) return snakeCaseId;
    if (isRequestId(findings.requestId)) return findings.requestId;
    const metadataId = hasFields($metadata) ? tryRead(() => $metadata.requestId) : undefined;
    if (isRequestId(metadataId)) return metadataId;
    if (headers === undefined) return undefined;
    // The headers of an anonymous response include none that identifies a provider.
    for (const name of this.origin.isAnonymous ? COMMON_REQUEST_ID_HEADERS : REQUEST_ID_HEADERS) {
      const id = headers.get(name);
      if (isRequestId(id)) return id;
    }
    return undefined;
  }
}

/** Returns the first value that `read` finds in a list of errors. */
export function findFirst<T>(
  errors: readonly ChainedError[],
  read: (error: ChainedError) => T | undefined,
): T | undefined {
  for (const error of errors) {
    const found = read(error);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Headers with the ID of a request: those of providers before those of proxies in front of them. */
const REQUEST_ID_HEADERS = [
  'request-id',
  'x-request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'mistral-correlation-id',
  'x-debug-trace-id',
];
/** Those that do not identify a provider. */
const COMMON_REQUEST_ID_HEADERS = REQUEST_ID_HEADERS.filter((name) => !PROVIDER_HEADERS.has(name));
const MAX_REQUEST_ID_LENGTH = 256;

function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_REQUEST_ID_LENGTH;
}

function readClassName(errorClass: unknown): string {
  return typeof errorClass === 'function' ? toText(tryRead(() => errorClass.name)) : '';
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
