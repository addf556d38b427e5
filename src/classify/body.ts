import { jsonIn } from './json-text.js';
import { attempt, isObject } from './sight.js';

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

/** The parts of a body that are looked at. */
interface Part {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly reason?: unknown;
  readonly error_code?: unknown;
  readonly type?: unknown;
  readonly quotaId?: unknown;
  readonly retryDelay?: unknown;
  readonly request_id?: unknown;
  /** Those that hold further parts, or texts. */
  readonly message?: unknown;
  readonly detail?: unknown;
  readonly error?: unknown;
  /** Azure's reason. */
  readonly innererror?: unknown;
  /** Google's, and Anthropic's. */
  readonly details?: unknown;
  readonly violations?: unknown;
  /** OpenRouter's, with what stands behind it. */
  readonly metadata?: unknown;
  readonly raw?: unknown;
}

const DEEPEST = 8;
const MOST_PARTS = 64;
const MOST_ITEMS = 8;
const LONGEST_TEXT = 4_096;

/** Adds what a body tells: text, JSON in text, or what an SDK made of it. Of a hostile one, what it told before it threw. */
export function addBody(found: Findings, value: unknown): void {
  if (value === undefined || value === null) return;
  const parsed = typeof value === 'string' ? (jsonIn(value) ?? value) : value;
  found.body ??= parsed;
  attempt(() => walk(found, parsed, 0));
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
  if (parsed === undefined) found.texts.push(text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text);
  else walk(found, parsed, depth + 1);
}

function walkPart(found: Findings, part: Part, depth: number): void {
  addCode(found, part.code);
  addCode(found, part.status);
  addCode(found, part.reason);
  addCode(found, part.error_code);
  const { type, quotaId, retryDelay, request_id: requestId } = part;
  if (typeof type === 'string') found.types.push(type);
  if (typeof quotaId === 'string') found.texts.push(quotaId);
  if (retryDelay !== undefined) found.retryDelay = retryDelay;
  if (typeof requestId === 'string') found.requestId = requestId;
  walk(found, part.message, depth);
  walk(found, part.error, depth);
  walk(found, part.innererror, depth);
  walk(found, part.details, depth);
  walk(found, part.violations, depth);
  walk(found, part.metadata, depth);
  walk(found, part.raw, depth);
  // Where it is a list, it lists what a validator found, which is no code of the callee.
  if (typeof part.detail === 'string') walk(found, part.detail, depth);
}

function addCode(found: Findings, code: unknown): void {
  if (typeof code === 'string') found.codes.push(code);
  else if (typeof code === 'number' && code >= 400 && code < 600) found.status ??= code;
}

function isPart(value: unknown): value is Part {
  return isObject(value) && typeof value !== 'function';
}
