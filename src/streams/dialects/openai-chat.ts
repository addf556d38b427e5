import type { Dialect } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { isChatChunk, isChatError, readChatChunk } from './chat-chunk.js';
import { buildEnd } from './signs.js';

/** The data of the last event on the wire. SDKs keep it to themselves. */
const DONE = '[DONE]';
const CHUNKS = buildDialect({
  name: 'openai_chat',
  hasEnd: true,
  recognises: (event) => isChatChunk(event) || isChatError(event),
  read: readChatChunk,
});
const END = Object.freeze([buildEnd()]);

/** OpenAI's chat completions, and every provider and gateway with that API. */
export const openaiChat: Dialect = Object.freeze({
  ...CHUNKS,
  recognises: (event: unknown) => event === DONE || CHUNKS.recognises(event),
  read: (event: unknown) => (event === DONE ? END : CHUNKS.read(event)),
});
