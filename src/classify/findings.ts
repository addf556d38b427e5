import { addBody, type Findings } from './body.js';
import { grpcCode } from './families/grpc.js';
import { jsonIn } from './json-text.js';
import { LONGEST_SEARCHED } from './searched.js';
import { hasFields, type Sight, safely } from './sight.js';

/** What an error says by its own codes, type and message, and what the body of its answer says behind them. */
export function findingsIn(sight: Sight, message: string): Findings {
  const { type, error, body, data, responseBody, response } = sight;
  const found: Findings = {
    codes: codesOf(sight, message),
    // A `Response` that was thrown says by its type where it came from, not what it is.
    types: typeof type === 'string' && type !== 'default' && type !== 'basic' ? [type] : [],
    texts: message === '' ? [] : [message],
    status: undefined,
    retryDelay: undefined,
    kind: undefined,
    requestId: undefined,
    body: undefined,
    parts: 0,
  };
  addBody(found, error);
  addBody(found, body);
  addBody(found, data ?? responseBody);
  if (hasFields(response)) addBody(found, bodyOf(response));
  const told = found.body === undefined && !isOtherList(message) ? jsonIn(message) : undefined;
  addBody(found, told);
  if (isBodyAgain(message, found.texts[1], told)) found.texts.shift();
  return found;
}

function bodyOf(response: Sight): unknown {
  return safely(() => response.data ?? response.body);
}

/** Lists that are no bodies: validation errors write their findings into their message. */
function isOtherList(message: string): boolean {
  return message.startsWith('[') && OTHER_LIST.test(message);
}

const OTHER_LIST = /^\[(?!\s*\{\s*"error")/;
const STATUS_AHEAD = /^[45]\d\d /;

/**
 * Whether a message is the body once more and says nothing besides, as that of most SDKs: its text or its JSON, often with
 * the status ahead. To search it would be to search the body twice.
 */
function isBodyAgain(message: string, text: string | undefined, told: unknown): boolean {
  if (message === '' || text === undefined || text === '') return false;
  if (told !== undefined) return message.startsWith('{');
  const start = STATUS_AHEAD.test(message) ? 4 : 0;
  if (!message.startsWith('{', start)) return message.length === start + text.length && message.endsWith(text);
  // Of a longer one no more than this is searched anyway, and looking for the text in megabytes may take seconds.
  return message.length <= LONGEST_SEARCHED && message.includes(text, start);
}

function codesOf({ code, errorCode, lc_error_code: langchain, details }: Sight, message: string): string[] {
  const codes: string[] = [];
  if (code === CLOSED_STREAM) addReason(codes, message);
  if (typeof code === 'string') codes.push(code);
  else if (typeof code === 'number' && typeof details === 'string') codes.push(grpcCode(code) ?? String(code));
  if (typeof errorCode === 'string') codes.push(errorCode);
  if (typeof langchain === 'string') codes.push(langchain);
  return codes;
}

/** Node's code for every stream of HTTP/2 that was closed by an error. Which one stands at the end of its message alone. */
const CLOSED_STREAM = 'ERR_HTTP2_STREAM_ERROR';

/** First of all codes, since it tells more: a stream that was refused was not worked on. */
function addReason(codes: string[], message: string): void {
  const reason = message.slice(message.lastIndexOf(' ') + 1);
  if (reason.startsWith('NGHTTP2_')) codes.push(reason);
}
