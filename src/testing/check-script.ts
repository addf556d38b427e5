import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Check, type NumberRule } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

const ANSWER = ['status', 'headers', 'body', 'headAfterMs', 'pieceAfterMs', 'ending'];
const WORDS = ['reset', 'hang_up', 'silence'];
const ENDINGS = ['complete', 'cut', 'stall'];

const STATUS: NumberRule = { min: 200, max: 599, integer: true };
const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };

/** @throws {ConfigurationError} naming everything that is wrong with a script. */
export function assertScript(script: unknown): void {
  if (typeof script === 'function') return;
  const check = new Check();
  if (!Array.isArray(script)) checkReaction(check, 'script', script);
  else if (script.length === 0) check.addIssue('script', 'must hold at least one reaction', script);
  else for (const [at, reaction] of script.entries()) checkReaction(check, `script[${at}]`, reaction);
  check.throwIfInvalid();
}

/** @throws {ConfigurationError} naming everything that is wrong with a reaction. */
export function assertReaction(reaction: unknown): void {
  const check = new Check();
  checkReaction(check, 'reaction', reaction);
  check.throwIfInvalid();
}

function checkReaction(check: Check, path: string, reaction: unknown): void {
  if (typeof reaction === 'string') {
    check.oneOf(path, reaction, WORDS);
    return;
  }
  const fields = check.fields(path, reaction, ANSWER);
  if (fields === undefined) return;
  const { status, headers, body, headAfterMs, pieceAfterMs, ending } = fields;
  check.number(`${path}.status`, status, STATUS);
  if (headers !== undefined) checkHeaders(check, `${path}.headers`, headers);
  if (body !== undefined) checkBody(check, `${path}.body`, body);
  check.number(`${path}.headAfterMs`, headAfterMs, WAIT);
  check.number(`${path}.pieceAfterMs`, pieceAfterMs, WAIT);
  check.oneOf(`${path}.ending`, ending, ENDINGS);
}

function checkHeaders(check: Check, path: string, headers: unknown): void {
  for (const [name, value] of Object.entries(check.record(path, headers) ?? {})) {
    if (!isHeader(name, value)) check.addIssue(`${path}.${name}`, 'must be a string that a header can hold', value);
  }
}

function isHeader(name: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function checkBody(check: Check, path: string, body: unknown): void {
  const pieces: readonly unknown[] = Array.isArray(body) ? body : [body];
  for (const piece of pieces) {
    if (typeof piece === 'string' || piece instanceof Uint8Array) continue;
    check.addIssue(path, 'must be a string, bytes, or a list of them', piece);
  }
}
