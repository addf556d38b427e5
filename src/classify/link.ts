import { addBody, type Findings } from './body.js';
import { grpcCode } from './families/grpc.js';
import { type HeaderLookup, headersOf } from './headers.js';
import { jsonIn } from './json-text.js';
import { type Origin, originOf } from './providers.js';
import { LONGEST_SEARCHED } from './searched.js';
import { attempt, isObject, look, type Sight } from './sight.js';
import { answerStatusOf, errorStatusOf } from './status.js';

/** One error of a chain of causes, as far as it can be read. */
export class Link {
  readonly error: unknown;
  /** Whether it is about the same request as the outermost: not about another attempt. */
  readonly isTrunk: boolean;
  readonly sight: Sight;
  readonly name: string;
  readonly message: string;
  /** The status of the answer itself, whatever its body says. */
  readonly answerStatus: number | undefined;
  /** Its HTTP status: that of an error if there is one, otherwise that of the answer. */
  readonly status: number | undefined;
  /** Its own codes, types and message first, then those of its body. */
  readonly found: Findings;
  readonly headers: HeaderLookup | undefined;
  #className: string | undefined;
  #origin: Origin | undefined;

  constructor(error: unknown, isTrunk: boolean) {
    this.error = error;
    this.isTrunk = isTrunk;
    const sight = isObject(error) ? look(error) : { message: error };
    this.sight = sight;
    this.name = textOr(sight.name);
    this.message = textOr(sight.message);
    this.answerStatus = answerStatusOf(sight);
    this.found = findingsIn(sight, this.message);
    this.status =
      errorStatusOf(this.answerStatus) ?? errorStatusOf(sight.code) ?? this.found.status ?? this.answerStatus;
    this.headers = headersOf(sight);
  }

  /** The name of its class, since some SDKs name all their errors `Error`. */
  get className(): string {
    this.#className ??= classNameOf(this.sight.constructor);
    return this.#className;
  }

  /** Where it comes from. Found out when somebody asks, and once, since headers are slow to read. */
  get origin(): Origin {
    this.#origin ??= originOf(this.sight, this.headers);
    return this.#origin;
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

function findingsIn(sight: Sight, message: string): Findings {
  const { type, error, body, data, responseBody, response } = sight;
  const found: Findings = {
    codes: codesOf(sight),
    // A `Response` that was thrown says by its type where it came from, not what it is.
    types: typeof type === 'string' && type !== 'default' && type !== 'basic' ? [type] : [],
    texts: message === '' ? [] : [message],
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
  const told = found.body === undefined && !isOtherList(message) ? jsonIn(message) : undefined;
  addBody(found, told);
  if (isBodyAgain(message, found.texts[1], told)) found.texts.shift();
  return found;
}

/** Lists that are no bodies: validation errors write their findings into their message. */
function isOtherList(message: string): boolean {
  return message.startsWith('[') && OTHER_LIST.test(message);
}

const OTHER_LIST = /^\[(?!\s*\{\s*"error")/;
/** A longer one is searched at its beginning only, which takes less time than to find a text in it. */
const LONGEST_BODY = 65_536;
const STATUS_AHEAD = /^[45]\d\d /;

/**
 * Whether a message is the body once more and says nothing besides, as that of most SDKs: its text or its JSON, often with
 * the status ahead. To search it would be to search the body twice.
 */
function isBodyAgain(message: string, text: string | undefined, told: unknown): boolean {
  if (message === '' || message.length > LONGEST_BODY || text === undefined || text === '') return false;
  if (told !== undefined) return message.startsWith('{');
  const start = STATUS_AHEAD.test(message) ? 4 : 0;
  if (!message.startsWith('{', start)) return message.length === start + text.length && message.endsWith(text);
  // Of a longer one no more than this is searched anyway, and looking for the text in megabytes may take seconds.
  return message.length <= LONGEST_SEARCHED && message.includes(text, start);
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
