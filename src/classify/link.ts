import { addBody, type Findings } from './body.js';
import { grpcCode } from './families/grpc.js';
import { type HeaderLookup, headersOf } from './headers.js';
import { jsonIn } from './json-text.js';
import { attempt, isObject, look, type Sight } from './sight.js';
import { answerStatusOf, errorStatusOf } from './status.js';

/** One error of a chain of causes, as far as it can be read. */
export class Link {
  readonly error: unknown;
  /** Whether it is about the same request as the outermost: not about another attempt. */
  readonly isTrunk: boolean;
  readonly sight: Sight;
  readonly name: string;
  /** The name of its class, since some SDKs name all their errors `Error`. */
  readonly className: string;
  readonly message: string;
  /** The status of the answer itself, whatever its body says. */
  readonly answerStatus: number | undefined;
  /** Its HTTP status: that of an error if there is one, otherwise that of the answer. */
  readonly status: number | undefined;
  /** Its own codes, types and message first, then those of its body. */
  readonly found: Findings;
  readonly headers: HeaderLookup | undefined;

  constructor(error: unknown, isTrunk: boolean) {
    this.error = error;
    this.isTrunk = isTrunk;
    const sight = isObject(error) ? look(error) : { message: error };
    this.sight = sight;
    this.name = textOr(sight.name);
    this.className = classNameOf(sight.constructor);
    this.message = textOr(sight.message);
    this.answerStatus = answerStatusOf(sight);
    this.found = findingsIn(sight, this.message);
    this.status =
      errorStatusOf(this.answerStatus) ?? errorStatusOf(sight.code) ?? this.found.status ?? this.answerStatus;
    this.headers = headersOf(sight);
  }
}

/** What the first error that tells it says. */
export function firstOf<T>(links: readonly Link[], read: (link: Link) => T | undefined): T | undefined {
  for (const link of links) {
    const found = read(link);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Lists that are no bodies: validation errors write their findings into their message. */
const OTHER_LIST = /^\[(?!\s*\{\s*"error")/;

function findingsIn(sight: Sight, message: string): Findings {
  const { type, error, body, data, responseBody, response } = sight;
  const found: Findings = {
    codes: codesOf(sight),
    // A `Response` that was thrown says by its type where it came from, not what it is.
    types: typeof type === 'string' && type !== 'default' && type !== 'basic' ? [type] : [],
    texts: [],
    status: undefined,
    retryDelay: undefined,
    requestId: undefined,
    body: undefined,
    parts: 0,
  };
  addBody(found, error);
  addBody(found, body);
  addBody(found, data ?? responseBody);
  if (isObject(response))
    addBody(
      found,
      attempt(() => response.data ?? response.body),
    );
  const told = found.body === undefined && !OTHER_LIST.test(message) ? jsonIn(message) : undefined;
  addBody(found, told);
  if (message !== '' && (told === undefined || !isAllBody(message, found))) found.texts.unshift(message);
  return found;
}

/** Whether a message with a body in it says nothing besides: to search it would be to search the body twice. */
function isAllBody(message: string, { texts }: Findings): boolean {
  return message.startsWith('{') && texts.length > 0;
}

function codesOf({ code, errorCode, lc_error_code: langchain, details }: Sight): string[] {
  const codes: string[] = [];
  if (typeof code === 'string') codes.push(code);
  else if (typeof code === 'number' && typeof details === 'string') codes.push(grpcCode(code) ?? String(code));
  if (typeof errorCode === 'string') codes.push(errorCode);
  if (typeof langchain === 'string') codes.push(langchain);
  return codes;
}

function classNameOf(made: unknown): string {
  return typeof made === 'function' ? textOr(attempt(() => made.name)) : '';
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
