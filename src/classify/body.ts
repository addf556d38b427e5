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
  requestId: string | undefined;
  /** The body as it was sent, parsed. */
  body: unknown;
  /** How many parts have been looked at. */
  parts: number;
}

const DEEPEST = 8;
const MOST_PARTS = 64;
const MOST_ITEMS = 8;

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
  else if (Array.isArray(value)) for (const item of value.slice(0, MOST_ITEMS)) walk(found, item, depth + 1);
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
  for (const field in part) takeUp(found, field, part, depth);
}

/** Reads a field only when it is looked at: one that has nothing to tell may be a getter, and throw. */
function takeUp(found: Findings, field: string, part: Part, depth: number): void {
  switch (field) {
    case 'code':
    case 'status':
    case 'reason':
    case 'error_code':
      addCode(found, part[field]);
      return;
    case 'type':
      addText(found.types, part[field]);
      return;
    // Google's: which quota it is, where the message does not say that it is one by the day.
    case 'quotaId':
    case 'quota_limit':
    case 'description':
      addText(found.texts, part[field]);
      return;
    case 'retryDelay':
      found.retryDelay = part[field];
      return;
    case 'request_id':
      addRequestId(found, part[field]);
      return;
    case 'detail':
      addDetail(found, part[field], depth);
      return;
    case 'message':
    case 'error':
    // Azure's reason.
    case 'innererror':
    // Google's, and Anthropic's.
    case 'details':
    case 'violations':
    // OpenRouter's, with what stands behind it.
    case 'metadata':
    case 'raw':
      walk(found, part[field], depth);
  }
}

function addCode(found: Findings, code: unknown): void {
  if (typeof code === 'string') found.codes.push(code);
  else if (typeof code === 'number' && code >= 400 && code < 600) found.status ??= code;
}

function addText(texts: string[], text: unknown): void {
  if (typeof text === 'string') texts.push(text);
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
