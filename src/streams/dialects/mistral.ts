import type { Dialect } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { isChatChunk, readChatChunk } from './chat-chunk.js';
import { hasFields } from './event-fields.js';
import { openaiChat } from './openai-chat.js';

const WRAPPED = buildDialect({
  name: 'mistral',
  hasEnd: true,
  recognises: ({ data }) => hasFields(data) && isChatChunk(data),
  read: (event) => readChatChunk(hasFields(event.data) ? event.data : event),
});

/** Mistral's chat: its SDK wraps each chunk. On the wire a chunk is one of OpenAI's, and only recognised as such. */
export const mistral: Dialect = Object.freeze({
  ...WRAPPED,
  read: (event: unknown) => (typeof event === 'string' ? openaiChat.read(event) : WRAPPED.read(event)),
});
