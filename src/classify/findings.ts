import { parseShallowJson } from '../input/index.js';
import type { FailureKind } from '../pipeline/index.js';
import { type ErrorFields, hasFields, limitText, MAX_SEARCHED_LENGTH, tryRead } from './error-fields.js';
import { findGrpcCode } from './providers/index.js';

/** What an error and the body of its response say. */
export interface Findings {
  /** Every value in a field that holds codes. */
  readonly codes: string[];
  /** Every value in a field that holds types. */
  readonly types: string[];
  /** Every text meant for people. */
  readonly texts: string[];
  /** A status in the body, used if the response's own status is no error. */
  status: number | undefined;
  /** From a `google.rpc.RetryInfo`. */
  retryDelay: unknown;
  /** Set by a field that is no code, type or text: a daily quota of Google, or flagged input of OpenRouter. */
  kind: FailureKind | undefined;
  requestId: string | undefined;
  /** The body as it was sent, parsed. */
  body: unknown;
  /** How many parts of the body have been visited. */
  visitedParts: number;
}

/** Collects what an error says: its own codes, type and message first, then those of the body. */
export function readFindings(fields: ErrorFields, message: string): Findings {
  const { type, error, body, data, responseBody, response } = fields;
  const findings: Findings = {
    codes: readCodes(fields, message),
    // The `type` of a thrown `Response` says where it came from, not what it is.
    types: isCode(type) && type !== 'default' && type !== 'basic' ? [type] : [],
    texts: message === '' ? [] : [message],
    status: undefined,
    retryDelay: undefined,
    kind: undefined,
    requestId: undefined,
    body: undefined,
    visitedParts: 0,
  };
  addBody(findings, error);
  addBody(findings, body);
  addBody(findings, data ?? responseBody);
  if (hasFields(response)) addBody(findings, readResponseBody(response));
  const messageBody = findings.body === undefined && !isValidationList(message) ? readJson(message) : undefined;
  addBody(findings, messageBody);
  if (isRepeatedBody(message, findings.texts[1], messageBody)) findings.texts.shift();
  return findings;
}

function readCodes({ code, errorCode, lc_error_code: langchainCode, details }: ErrorFields, message: string): string[] {
  const codes: string[] = [];
  if (code === HTTP2_STREAM_ERROR) addStreamReason(codes, message);
  if (isCode(code)) codes.push(code);
  else if (typeof code === 'number' && typeof details === 'string') codes.push(findGrpcCode(code) ?? String(code));
  if (isCode(errorCode)) codes.push(errorCode);
  if (isCode(langchainCode)) codes.push(langchainCode);
  return codes;
}

const MAX_CODE_LENGTH = 256;

/** True for a text that may be a code, a type or a name. Longer texts would be kept with every failure. */
export function isCode(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_CODE_LENGTH;
}

/** Node's code for every HTTP/2 stream closed by an error. The reason is only at the end of the message. */
const HTTP2_STREAM_ERROR = 'ERR_HTTP2_STREAM_ERROR';

/** Added before the generic code, since it is more specific: a refused stream was never processed. */
function addStreamReason(codes: string[], message: string): void {
  const reason = message.slice(message.lastIndexOf(' ') + 1);
  if (reason.startsWith('NGHTTP2_') && isCode(reason)) codes.push(reason);
}

function readResponseBody(response: ErrorFields): unknown {
  return tryRead(() => response.data ?? response.body);
}

/** True for a message that lists validation issues as JSON, which is not a body. */
function isValidationList(message: string): boolean {
  return message.startsWith('[') && VALIDATION_LIST.test(message);
}

const VALIDATION_LIST = /^\[(?!\s*\{\s*"error")/;
const STATUS_PREFIX = /^[45]\d\d /;

/**
 * True if a message only repeats the body, as most SDKs' messages do: its text or its JSON, often prefixed with the status.
 * Searching it would search the body twice.
 */
function isRepeatedBody(message: string, text: string | undefined, messageBody: unknown): boolean {
  if (message === '' || text === undefined || text === '') return false;
  if (messageBody !== undefined) return message.startsWith('{');
  const start = STATUS_PREFIX.test(message) ? 4 : 0;
  if (!message.startsWith('{', start)) return message.length === start + text.length && message.endsWith(text);
  // Longer messages are not searched as a whole anyway, and finding the text in megabytes may take seconds.
  return message.length <= MAX_SEARCHED_LENGTH && message.includes(text, start);
}

const MAX_DEPTH = 8;
const MAX_PARTS = 64;
const MAX_ITEMS = 8;

/** Adds one field of a body to the findings. */
type FieldReader = (findings: Findings, value: unknown, depth: number) => void;

/** The fields that are read. No others are, since any may be a getter that throws. */
const FIELD_READERS: ReadonlyMap<string, FieldReader> = new Map<string, FieldReader>([
  ['code', addCode],
  ['status', addCode],
  ['reason', addCode],
  ['error_code', addCode],
  ['type', addType],
  // Google: the name of the quota, and its description.
  ['quotaId', addQuota],
  ['quota_limit', addQuota],
  ['description', addText],
  ['retryDelay', addRetryDelay],
  ['request_id', addRequestId],
  ['message', walk],
  ['detail', addDetail],
  ['error', walk],
  // Azure: the reason of a refusal.
  ['innererror', walk],
  // Google and Anthropic.
  ['details', walk],
  ['violations', walk],
  // OpenRouter: what the upstream provider answered.
  ['metadata', walk],
  ['raw', walk],
  // OpenRouter: the input that a moderator flagged. Its presence is enough; the text is not kept.
  ['flagged_input', addFlag],
]);

/** Adds a body: text, JSON in text, or what an SDK parsed. Keeps what a hostile body yields before it throws. */
function addBody(findings: Findings, value: unknown): void {
  if (value === undefined || value === null || value === '') return;
  const parsed = typeof value === 'string' ? (readJson(value) ?? value) : value;
  findings.body ??= parsed;
  tryRead(() => walk(findings, parsed, 0));
}

function walk(findings: Findings, value: unknown, depth: number): void {
  if (value === undefined || value === null || depth > MAX_DEPTH || findings.visitedParts >= MAX_PARTS) return;
  findings.visitedParts += 1;
  if (typeof value === 'string') walkText(findings, value, depth);
  else if (Array.isArray(value)) walkList(findings, value, depth + 1);
  else if (isPart(value)) walkPart(findings, value, depth + 1);
}

function walkText(findings: Findings, text: string, depth: number): void {
  // Google nests JSON in its messages, and OpenRouter passes on the upstream body as text.
  const parsed = readJson(text);
  if (parsed === undefined) findings.texts.push(limitText(text));
  else walk(findings, parsed, depth + 1);
}

/** Iterates over the fields that exist, since they are fewer than those that are read. */
function walkPart(findings: Findings, part: Part, depth: number): void {
  for (const field in part) FIELD_READERS.get(field)?.(findings, part[field], depth);
}

function walkList(findings: Findings, list: readonly unknown[], depth: number): void {
  const items = Math.min(list.length, MAX_ITEMS);
  for (let index = 0; index < items; index++) walk(findings, list[index], depth);
}

function addCode(findings: Findings, code: unknown): void {
  if (isCode(code)) findings.codes.push(code);
  else if (typeof code === 'number' && code >= 400 && code < 600) findings.status ??= code;
}

function addFlag(findings: Findings, text: unknown): void {
  if (typeof text === 'string' && text !== '') findings.kind = 'content_policy';
}

function addType(findings: Findings, type: unknown): void {
  if (isCode(type)) findings.types.push(type);
}

function addText(findings: Findings, text: unknown): void {
  if (typeof text === 'string') findings.texts.push(text);
}

/** A daily quota does not refill within the few seconds that Google names beside it. */
const DAILY_QUOTA = /per_?day|daily/i;

function addQuota(findings: Findings, name: unknown): void {
  if (typeof name === 'string' && DAILY_QUOTA.test(limitText(name))) findings.kind = 'quota_exhausted';
  addText(findings, name);
}

function addRetryDelay(findings: Findings, retryDelay: unknown): void {
  findings.retryDelay = retryDelay;
}

function addRequestId(findings: Findings, requestId: unknown): void {
  if (typeof requestId === 'string') findings.requestId = requestId;
}

/** A list holds the issues that a validator found, whose codes are not the provider's. */
function addDetail(findings: Findings, detail: unknown, depth: number): void {
  if (typeof detail === 'string') walk(findings, detail, depth);
}

type Part = Readonly<Record<string, unknown>>;

/** Bytes are excluded: each byte is a field without meaning. */
function isPart(value: unknown): value is Part {
  return hasFields(value) && typeof value !== 'function' && !ArrayBuffer.isView(value);
}

const MAX_JSON_LENGTH = 65_536;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const OPENING_BRACKET = 0x5b;

/** Reads the JSON object or array that a text consists of, or the object that it ends with; `undefined` if there is none. */
function readJson(text: string): unknown {
  if (text.length > MAX_JSON_LENGTH) return undefined;
  const start = findJsonStart(text);
  if (start < 0) return undefined;
  try {
    const parsed = parseShallowJson(start === 0 ? text : text.slice(start));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function findJsonStart(text: string): number {
  const first = text.charCodeAt(0);
  if (first === OPENING_BRACE || first === OPENING_BRACKET) return 0;
  // The last character is checked first, since most texts do not end with a brace.
  return text.charCodeAt(text.length - 1) === CLOSING_BRACE ? text.indexOf('{') : -1;
}
