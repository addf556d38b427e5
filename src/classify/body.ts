import type { FailureKind } from '../pipeline/index.js';
import { jsonIn } from './json-text.js';
import { searchedPartOf } from './searched.js';
import { hasFields, safely } from './sight.js';

/** What is found in an error and in the body of its answer. */
export interface Findings {
  /** Everything that is given as a code. */
  readonly codes: string[];
  /** Everything that is given as a type. */
  readonly types: string[];
  /** Everything that people read. */
  readonly texts: string[];
  /** A status within the body, where the answer's own says less. */
  status: number | undefined;
  /** Of a `google.rpc.RetryInfo`. */
  retryDelay: unknown;
  /** What a field tells that is no code, type or text: of Google a quota by the day, of OpenRouter that something was flagged. */
  kind: FailureKind | undefined;
  requestId: string | undefined;
  /** The body as it was sent, parsed. */
  body: unknown;
  /** How many parts have been looked at. */
  parts: number;
}

const DEEPEST = 8;
const MOST_PARTS = 64;
const MOST_ITEMS = 8;

/** Takes up one field of a body. */
type Reader = (found: Findings, value: unknown, depth: number) => void;

/** The fields that are looked at, by what they hold. All others are left unread: one may be a getter, and throw. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['code', addCode],
  ['status', addCode],
  ['reason', addCode],
  ['error_code', addCode],
  ['type', addType],
  // Google's: which quota it is, and what it says of it.
  ['quotaId', addQuota],
  ['quota_limit', addQuota],
  ['description', addText],
  ['retryDelay', addRetryDelay],
  ['request_id', addRequestId],
  ['message', walk],
  ['detail', addDetail],
  ['error', walk],
  // Azure's reason.
  ['innererror', walk],
  // Google's, and Anthropic's.
  ['details', walk],
  ['violations', walk],
  // OpenRouter's, with what stands behind it.
  ['metadata', walk],
  ['raw', walk],
  // OpenRouter's: what a moderator took offence at. That there is any tells enough, and nobody repeats it.
  ['flagged_input', addFlag],
]);

/** Adds what a body tells: text, JSON in text, or what an SDK made of it. Of a hostile one, what it told before it threw. */
export function addBody(found: Findings, value: unknown): void {
  if (value === undefined || value === null || value === '') return;
  const parsed = typeof value === 'string' ? (jsonIn(value) ?? value) : value;
  found.body ??= parsed;
  safely(() => walk(found, parsed, 0));
}

function walk(found: Findings, value: unknown, depth: number): void {
  if (value === undefined || value === null || depth > DEEPEST || found.parts >= MOST_PARTS) return;
  found.parts += 1;
  if (typeof value === 'string') walkText(found, value, depth);
  else if (Array.isArray(value)) walkList(found, value, depth + 1);
  else if (isPart(value)) walkPart(found, value, depth + 1);
}

function walkText(found: Findings, text: string, depth: number): void {
  // Google's messages are JSON again, and OpenRouter passes on what it was given as text.
  const parsed = jsonIn(text);
  if (parsed === undefined) found.texts.push(searchedPartOf(text));
  else walk(found, parsed, depth + 1);
}

/** By the fields that are there, which are few, rather than by those that may be. */
function walkPart(found: Findings, part: Part, depth: number): void {
  for (const field in part) READERS.get(field)?.(found, part[field], depth);
}

function walkList(found: Findings, list: readonly unknown[], depth: number): void {
  const items = Math.min(list.length, MOST_ITEMS);
  for (let index = 0; index < items; index++) walk(found, list[index], depth);
}

function addCode(found: Findings, code: unknown): void {
  if (typeof code === 'string') found.codes.push(code);
  else if (typeof code === 'number' && code >= 400 && code < 600) found.status ??= code;
}

function addFlag(found: Findings, text: unknown): void {
  if (typeof text === 'string' && text !== '') found.kind = 'content_policy';
}

function addType(found: Findings, type: unknown): void {
  if (typeof type === 'string') found.types.push(type);
}

function addText(found: Findings, text: unknown): void {
  if (typeof text === 'string') found.texts.push(text);
}

/** Such a quota is not free again after the few seconds that Google names beside it. */
const BY_THE_DAY = /per_?day|daily/i;

function addQuota(found: Findings, name: unknown): void {
  if (typeof name === 'string' && BY_THE_DAY.test(searchedPartOf(name))) found.kind = 'quota_exhausted';
  addText(found, name);
}

function addRetryDelay(found: Findings, retryDelay: unknown): void {
  found.retryDelay = retryDelay;
}

function addRequestId(found: Findings, requestId: unknown): void {
  if (typeof requestId === 'string') found.requestId = requestId;
}

/** Where it is a list, it lists what a validator found, which is no code of the callee. */
function addDetail(found: Findings, detail: unknown, depth: number): void {
  if (typeof detail === 'string') walk(found, detail, depth);
}

type Part = Readonly<Record<string, unknown>>;

/** Bytes tell nothing by their fields, which are as many as there are bytes. */
function isPart(value: unknown): value is Part {
  return hasFields(value) && typeof value !== 'function' && !ArrayBuffer.isView(value);
}
