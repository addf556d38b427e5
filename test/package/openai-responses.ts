import { type Answer, eventStream, json } from '../../src/testing/index.js';

const MESSAGE = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
};

const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1_763_700_000,
  model: 'gpt-5-mini',
  status: 'completed',
  error: null,
  incomplete_details: null,
  output: [MESSAGE],
  usage: {
    input_tokens: 2,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 3,
  },
};

const IN_MESSAGE = { item_id: 'msg_1', output_index: 0, content_index: 0 };

const EVENTS = [
  { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } },
  { type: 'response.output_item.added', output_index: 0, item: { ...MESSAGE, status: 'in_progress', content: [] } },
  { type: 'response.output_text.delta', ...IN_MESSAGE, delta: 'Hel' },
  { type: 'response.output_text.delta', ...IN_MESSAGE, delta: 'lo' },
  { type: 'response.output_item.done', output_index: 0, item: MESSAGE },
  { type: 'response.completed', response: RESPONSE },
];

/** OpenAI's Responses API. */
export const responses: Readonly<Record<'answer' | 'stream' | 'failed' | 'failedStream', Answer>> = {
  answer: json(200, RESPONSE),
  stream: streamOf(EVENTS),
  failedStream: streamOf([
    ...EVENTS.slice(0, 3),
    {
      type: 'response.failed',
      response: { ...RESPONSE, status: 'failed', error: { code: 'server_error', message: 'The server had an error.' } },
    },
  ]),
  /** It has failed, which the status of the response does not show. */
  failed: json(200, {
    ...RESPONSE,
    status: 'failed',
    output: [],
    error: { code: 'server_error', message: 'The server had an error.' },
  }),
};

function streamOf(events: readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[]): Answer {
  return eventStream(events.map((event, at) => ({ event: event.type, data: { ...event, sequence_number: at } })));
}
