import type { Dialect } from '../dialect.js';
import { aiSdk } from './ai-sdk.js';
import { anthropic } from './anthropic.js';
import { bedrock } from './bedrock.js';
import { cohere } from './cohere.js';
import { toFields } from './event-fields.js';
import { google } from './google.js';
import { mistral } from './mistral.js';
import { openaiChat } from './openai-chat.js';
import { openaiResponses } from './openai-responses.js';
import { plain } from './plain.js';

export { CONTENT, NOTHING } from './signs.js';

/** Every dialect. Each is tried before those that accept more, and Google's before Mistral's: its SDK warns of reading `data`. */
export const DIALECTS: readonly Dialect[] = Object.freeze([
  openaiResponses,
  anthropic,
  cohere,
  aiSdk,
  bedrock,
  google,
  mistral,
  openaiChat,
  plain,
]);

/** Types of events that only keep a connection open, or that streams of any shape may begin with. */
const UNTELLING: ReadonlySet<unknown> = new Set(['ping', 'keepalive', 'heartbeat', 'start']);

/**
 * Finds the dialect of a stream by the shape of an event, `plain` if no other has that shape. Returns `undefined` for a ping
 * and the like, so that the next event decides.
 */
export function recogniseDialect(event: unknown): Dialect | undefined {
  return isUntelling(event) ? undefined : DIALECTS.find(({ recognises }) => recognises(event));
}

function isUntelling(event: unknown): boolean {
  if (event === undefined || event === null || event === '') return true;
  try {
    return UNTELLING.has(toFields(event).type);
  } catch {
    return false;
  }
}
