import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { openaiResponses } from '../../../../src/streams/dialects/openai-responses.js';
import { readEvents } from '../../../support/streams.js';

let sequence = 0;
const event = (type: string, rest: object = {}): object => ({ type, sequence_number: sequence++, ...rest });
const response = (status: string, rest: object = {}): object => ({
  response: { id: 'resp_1', object: 'response', status, output: [], error: null, incomplete_details: null, ...rest },
});
const read = (...events: unknown[]) => readEvents(openaiResponses, events);
const USAGE = { usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 } };
const BEGINNING = [
  event('response.created', response('queued')),
  event('response.in_progress', response('in_progress')),
];
const MESSAGE = [
  event('response.output_item.added', { output_index: 0, item: { type: 'message', content: [] } }),
  event('response.content_part.added', { output_index: 0, part: { type: 'output_text', text: '' } }),
  event('response.output_text.delta', { output_index: 0, delta: 'Hel' }),
  event('response.output_text.delta', { output_index: 0, delta: 'lo' }),
  event('response.output_text.done', { output_index: 0, text: 'Hello' }),
  event('response.content_part.done', { output_index: 0, part: { type: 'output_text', text: 'Hello' } }),
  event('response.output_item.done', { output_index: 0, item: { type: 'message' } }),
];

describe('the dialect of responses', () => {
  it('reads a whole stream, and its text once', () => {
    const stream = read(...BEGINNING, ...MESSAGE, event('response.completed', response('completed', USAGE)));
    expect(stream).toMatchObject({ text: 'Hello', finish: 'completed', ended: true, errors: [] });
    expect(stream.usage).toEqual({ inputTokens: 7, outputTokens: 3 });
    expect(stream.kinds).toEqual(['preamble', 'content', 'usage', 'end']);
    expect(openaiResponses.recognises(BEGINNING[0])).toBe(true);
  });

  it('puts tool calls together, and knows that they are complete', () => {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'add' };
    const events = [
      event('response.output_item.added', { output_index: 1, item: { ...item, arguments: '', status: 'in_progress' } }),
      event('response.function_call_arguments.delta', { output_index: 1, item_id: 'fc_1', delta: '{"a":' }),
      event('response.function_call_arguments.delta', { output_index: 1, item_id: 'fc_1', delta: '1}' }),
    ];
    const done = [
      event('response.function_call_arguments.done', { output_index: 1, arguments: '{"a":1}' }),
      event('response.output_item.done', {
        output_index: 1,
        item: { ...item, arguments: '{"a":1}', status: 'completed' },
      }),
    ];
    const call = { id: 'call_1', name: 'add', arguments: '{"a":1}' };
    expect(read(...events).toolCalls).toEqual([{ ...call, complete: false }]);
    expect(read(...events, ...done).toolCalls).toEqual([{ ...call, complete: true }]);
  });

  it('does not take a tool call that the model did not finish for complete', () => {
    const item = { type: 'function_call', call_id: 'call_1', name: 'add', arguments: '{"a"', status: 'incomplete' };
    const { toolCalls } = read(event('response.output_item.done', { output_index: 0, item }));
    expect(toolCalls).toEqual([{ id: 'call_1', name: 'add', arguments: '{"a"', complete: false }]);
  });

  it('reads the input of a custom tool, which is text', () => {
    const item = { type: 'custom_tool_call', call_id: 'call_1', name: 'shell', input: 'ls -l' };
    const added = event('response.output_item.added', { output_index: 0, item: { ...item, input: '' } });
    const delta = event('response.custom_tool_call_input.delta', { output_index: 0, delta: 'ls' });
    const done = event('response.output_item.done', { output_index: 0, item });
    expect(openaiResponses.read(added)).toEqual([
      { kind: 'tool_call', toolCall: { index: 0, id: 'call_1', name: 'shell', freeText: true } },
    ]);
    const call = { id: 'call_1', name: 'shell' };
    expect(read(added, delta).toolCalls).toEqual([{ ...call, arguments: 'ls', complete: false }]);
    expect(read(added, delta, done).toolCalls).toEqual([{ ...call, arguments: 'ls -l', complete: true }]);
  });

  it.each([
    'response.refusal.delta',
    'response.reasoning_text.delta',
    'response.reasoning_summary_text.delta',
    'response.audio.delta',
    'response.audio.transcript.delta',
    'response.code_interpreter_call_code.delta',
    'response.mcp_call_arguments.delta',
    'response.a_delta_of_the_future.delta',
  ])('takes %s for content without text', (type) => {
    expect(openaiResponses.read(event(type, { delta: 'x' }))).toEqual([{ kind: 'content' }]);
  });

  it.each([
    'response.web_search_call.searching',
    'response.mcp_call.in_progress',
    'response.mcp_call.failed',
    'response.code_interpreter_call.interpreting',
    'response.image_generation_call.partial_image',
    'response.output_text.annotation.added',
  ])('takes %s, a step of the provider, for content', (type) => {
    expect(openaiResponses.read(event(type))).toEqual([{ kind: 'content' }]);
  });

  it.each(['keepalive', 'response.output_text.done', 'response.unknown', 'response.code_interpreter_call_code.done'])(
    'takes %s for no progress',
    (type) => {
      expect(openaiResponses.read(event(type))).toEqual([]);
    },
  );

  it.each(['max_output_tokens', 'content_filter'])('takes an answer that is incomplete for %s for an end', (reason) => {
    const incomplete = event(
      'response.incomplete',
      response('incomplete', { incomplete_details: { reason }, ...USAGE }),
    );
    expect(read(incomplete)).toMatchObject({ ended: true, finish: reason, usage: { outputTokens: 3 }, errors: [] });
  });

  it('reports a failed response without what it had answered', () => {
    const error = { code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 6s.' };
    const failed = event('response.failed', response('failed', { error, output: [{ type: 'message' }] }));
    const { errors, ended } = read(...BEGINNING, failed);
    expect(ended).toBe(false);
    expect(errors).toEqual([{ error }]);
    expect(classify(errors[0])).toMatchObject({ kind: 'rate_limited', retryAfterMs: 6_000 });
    expect(classify(read(event('response.failed', response('failed'))).errors[0]).kind).toBe('server_error');
  });

  it.each([
    ['server_error', 'server_error'],
    ['rate_limit_exceeded', 'rate_limited'],
    ['insufficient_quota', 'quota_exhausted'],
    ['context_length_exceeded', 'context_length'],
  ])('reports an error event with the code %s', (code, kind) => {
    const error = event('error', { code, message: 'It failed.', param: null });
    expect(openaiResponses.recognises(error)).toBe(true);
    expect(read(error).errors.map((each) => classify(each).kind)).toEqual([kind]);
  });
});
