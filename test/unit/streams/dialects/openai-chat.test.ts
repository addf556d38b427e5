import { describe, expect, it } from 'vitest';
import { classify } from '../../../../src/classify/index.js';
import { openaiChat } from '../../../../src/streams/dialects/openai-chat.js';
import { groq, openai, openRouter } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const chunk = (delta: object, finish: string | null = null, index = 0): object => ({
  object: 'chat.completion.chunk',
  choices: [{ index, delta, finish_reason: finish }],
});
const read = (...events: unknown[]) => readEvents(openaiChat, events);

describe('the dialect of chat completions', () => {
  it.each([
    ['OpenAI', openai.stream],
    ['Groq', groq.stream],
  ])('reads a whole stream of %s', (_, stream) => {
    const events = eventsOf(stream);
    expect(openaiChat.recognises(events[0])).toBe(true);
    expect(read(...events)).toMatchObject({ text: 'Hello', finish: 'stop', ended: true, errors: [] });
    expect(read(...events).kinds).toEqual(['preamble', 'content', 'end']);
  });

  it('takes the marker at the end of the wire for the end', () => {
    expect(openaiChat.read('[DONE]')).toEqual([{ kind: 'end' }]);
    expect(openaiChat.read('[DON')).toEqual([]);
  });

  it.each([
    ['reasoning', { reasoning: 'Hm' }],
    ['reasoning of DeepSeek', { reasoning_content: 'Hm', content: null }],
    ['reasoning of OpenRouter', { reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }], content: '' }],
    ['a refusal', { refusal: 'No' }],
    ['audio', { audio: { id: 'a', data: 'UklGRg==' } }],
    ['an image', { images: [{ image_url: { url: 'data:' } }] }],
  ])('takes %s for content without text', (_, delta) => {
    expect(openaiChat.read(chunk(delta))).toEqual([{ kind: 'content' }]);
  });

  it('takes empty deltas for no progress', () => {
    expect(openaiChat.read(chunk({ content: '' }))).toEqual([]);
    expect(openaiChat.read(chunk({}))).toEqual([]);
    expect(openaiChat.read(chunk({ content: null, reasoning: '', tool_calls: [] }))).toEqual([]);
  });

  it('reads the chunks that Azure sends before and after the answer', () => {
    const first = { object: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] };
    expect(openaiChat.recognises(first)).toBe(true);
    expect(openaiChat.read(first)).toEqual([{ kind: 'preamble' }]);
    const late = { choices: [{ content_filter_offsets: { start: 0 }, finish_reason: null, index: 0 }] };
    expect(openaiChat.read(late)).toEqual([]);
  });

  it('puts tool calls together from their pieces', () => {
    const call = (rest: object) => chunk({ tool_calls: [rest] });
    const stream = read(
      chunk({ role: 'assistant', content: null }),
      call({ index: 0, id: 'call_1', type: 'function', function: { name: 'add', arguments: '' } }),
      call({ index: 0, function: { arguments: '{"a":' } }),
      call({ index: 1, id: 'call_2', type: 'function', function: { name: 'sub', arguments: '{}' } }),
      call({ index: 0, function: { arguments: '1}' } }),
      chunk({}, 'tool_calls'),
    );
    expect(stream.toolCalls).toEqual([
      { id: 'call_1', name: 'add', arguments: '{"a":1}', complete: false },
      { id: 'call_2', name: 'sub', arguments: '{}', complete: false },
    ]);
    expect(stream.kinds).toEqual(['preamble', 'tool_call', 'end']);
  });

  it('reads a function call of the older kind', () => {
    const stream = read(
      chunk({ function_call: { name: 'add', arguments: '' } }),
      chunk({ function_call: { arguments: '{}' } }),
    );
    expect(stream.toolCalls).toEqual([{ name: 'add', arguments: '{}', complete: false }]);
  });

  it('keeps several answers apart', () => {
    const signs = [
      chunk({ content: 'a' }),
      chunk({ content: 'b', tool_calls: [{ index: 0, id: 'x' }] }, null, 1),
      chunk({}, 'stop', 1),
    ].flatMap((event) => openaiChat.read(event));
    expect(signs).toEqual([
      { kind: 'content', text: 'a' },
      { kind: 'content', text: 'b', choice: 1 },
      { kind: 'tool_call', toolCall: { index: '1/0', id: 'x' } },
      { kind: 'end', finish: 'stop', choice: 1 },
    ]);
  });

  it('reads the usage of the last chunk, and of Groq', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
    const expected = [{ kind: 'usage', usage: { inputTokens: 7, outputTokens: 3 } }];
    expect(openaiChat.read({ choices: [], usage })).toEqual(expected);
    expect(openaiChat.read({ ...chunk({}), usage: null, x_groq: { id: 'r', usage } })).toEqual(expected);
  });

  it.each(['length', 'content_filter', 'tool_calls'])('takes the finish reason %s for an end', (finish) => {
    expect(openaiChat.read(chunk({}, finish))).toEqual([{ kind: 'end', finish }]);
  });

  it.each([
    ['the rate limit', openai.errors.stream_rate_limited, 'rate_limited'],
    ['the server', openai.errors.stream_error, 'server_error'],
    ['the server, by the name of the event', groq.errors.stream_error, 'server_error'],
  ])('reports a failure within the stream caused by %s', (_, answer, kind) => {
    const stream = read(...eventsOf(answer));
    expect(stream).toMatchObject({ text: 'Hel', ended: false });
    expect(stream.errors.map((error) => classify(error).kind)).toEqual([kind]);
  });

  it('reports the failure of a provider behind a gateway', () => {
    const error = { code: 429, message: 'Provider returned error', metadata: { provider_name: 'DeepInfra' } };
    const atTop = { ...chunk({ content: '' }, 'error'), error };
    const inChoice = { choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', error }] };
    for (const event of [atTop, inChoice]) {
      const { errors, ended } = read(event);
      expect(errors.map((each) => classify(each))).toMatchObject([{ kind: 'rate_limited' }]);
      expect(ended).toBe(false);
    }
    expect(classify(read(JSON.parse(String(openRouter.error_in_ok.body))).errors[0]).kind).toBe('server_error');
  });

  it('reports a failure that has no more than a finish reason', () => {
    expect(read(chunk({}, 'error')).errors.map((error) => classify(error).kind)).toEqual(['server_error']);
  });

  it('reports why Groq stopped a stream early', () => {
    const { errors } = read({ ...chunk({}), x_groq: { error: 'over capacity' } });
    expect(errors).toEqual([{ error: { type: 'server_error', message: 'over capacity' } }]);
  });

  it('reads the older completions too', () => {
    const event = { object: 'text_completion', choices: [{ index: 0, text: 'Hi', finish_reason: null }] };
    expect(openaiChat.recognises(event)).toBe(true);
    expect(openaiChat.read(event)).toEqual([{ kind: 'content', text: 'Hi' }]);
  });
});
