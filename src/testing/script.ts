import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Check, type NumberRule } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import type { Reaction } from './answers.js';
import type { RecordedRequest } from './request-log.js';

/**
 * The reactions to requests: the same one for each; a list in order, whose last reaction is repeated; or a function of
 * the request.
 */
export type Script = Reaction | readonly Reaction[] | ((request: RecordedRequest) => Reaction);

const ANSWER = ['status', 'headers', 'body', 'headAfterMs', 'pieceAfterMs', 'ending'];
const WORDS = ['reset', 'hang_up', 'cut_head', 'silence'];
const ENDINGS = ['complete', 'cut', 'stall'];
const STATUS: NumberRule = { min: 200, max: 599, integer: true };
const DELAY: NumberRule = { min: 0, max: LONGEST_TIMER_MS };

/** Turns a checked script into a function that returns the reaction to each request. */
export function play(script: Script): (request: RecordedRequest) => Reaction {
  if (typeof script === 'function') return script;
  const reactions = isList(script) ? script : [script];
  let next = 0;
  return () => {
    const reaction = reactions[Math.min(next, reactions.length - 1)];
    next += 1;
    // Never undefined: an empty script is refused.
    return reaction ?? 'silence';
  };
}

/** @throws {ConfigurationError} listing everything that is wrong with a script. */
export function checkScript(script: unknown): void {
  if (typeof script === 'function') return;
  const check = new Check();
  if (!Array.isArray(script)) collectIssues(check, 'script', script);
  else if (script.length === 0) check.addIssue('script', 'must hold at least one reaction', script);
  else for (const [at, reaction] of script.entries()) collectIssues(check, `script[${at}]`, reaction);
  check.throwIfInvalid();
}

/** @throws {ConfigurationError} listing everything that is wrong with a reaction. */
export function checkReaction(reaction: unknown): void {
  const check = new Check();
  collectIssues(check, 'reaction', reaction);
  check.throwIfInvalid();
}

function collectIssues(check: Check, path: string, reaction: unknown): void {
  if (typeof reaction === 'string') {
    check.oneOf(path, reaction, WORDS);
    return;
  }
  const fields = check.fields(path, reaction, ANSWER);
  if (fields === undefined) return;
  const { status, headers = {}, body = '', headAfterMs, pieceAfterMs, ending } = fields;
  check.number(`${path}.status`, status, STATUS);
  for (const [name, value] of Object.entries(check.record(`${path}.headers`, headers) ?? {})) {
    if (isHeader(name, value)) continue;
    check.addIssue(`${path}.headers.${name}`, 'must be a string that a header can hold', value);
  }
  for (const piece of Array.isArray(body) ? body : [body]) {
    if (typeof piece === 'string' || piece instanceof Uint8Array) continue;
    check.addIssue(`${path}.body`, 'must be a string, bytes, or a list of them', piece);
  }
  check.number(`${path}.headAfterMs`, headAfterMs, DELAY);
  check.number(`${path}.pieceAfterMs`, pieceAfterMs, DELAY);
  check.oneOf(`${path}.ending`, ending, ENDINGS);
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

function isList(script: Reaction | readonly Reaction[]): script is readonly Reaction[] {
  return Array.isArray(script);
}
