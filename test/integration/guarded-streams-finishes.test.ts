import {
  classify,
  createResilience,
  type Dialect,
  explain,
  findPartial,
  protectStream,
  type Resilience,
  StreamFailedError,
  type StreamSign,
  StreamTruncatedError,
  toHttpStatus,
} from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { recorded, typesOf } from '../support/calls.js';
import { END, numbered, readAll, START, sourceOf, TEST_DIALECT, text } from '../support/guarded-streams.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const opened: Resilience[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  expect(vi.getTimerCount()).toBe(0);
});

function setup() {
  const resilience = createResilience({
    random: () => 0.5,
    config: { defaults: { retry: { maxAttempts: 2, minDelayMs: 100, jitter: 'none' }, breaker: false } },
  });
  opened.push(resilience);
  return resilience;
}

const chat = (delta: object, finish_reason: string | null = null) => ({
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason }],
});
const chatCall = (json: string, id?: string) => ({
  tool_calls: [{ index: 0, ...(id !== undefined && { id }), function: { name: 'weather', arguments: json } }],
});
const block = (type: string, rest: object) => ({ type, index: 0, ...rest });
const gemini = (parts: readonly object[], finishReason?: string) => ({
  candidates: [{ content: { parts }, finishReason }],
});
const item = { type: 'function_call', call_id: 'c1', name: 'weather' };
const CUT = '{"city":"Ro';

/** An answer that the limit on tokens cut off: text, and a tool call. */
const CUT_OFF: readonly (readonly [
  api: string,
  finish: string,
  ofText: readonly object[],
  ofCall: readonly object[],
])[] = [
  [
    'chat completions',
    'length',
    [chat({ role: 'assistant' }), chat({ content: 'Hel' }), chat({}, 'length')],
    [chat(chatCall('', 'c1')), chat(chatCall(CUT)), chat({}, 'length')],
  ],
  [
    'responses',
    'max_output_tokens',
    [
      { type: 'response.created' },
      { type: 'response.output_text.delta', delta: 'Hel' },
      { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    ],
    [
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: CUT },
      { type: 'response.output_item.done', output_index: 0, item: { ...item, arguments: CUT, status: 'incomplete' } },
      { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    ],
  ],
  [
    'Anthropic',
    'max_tokens',
    [
      { type: 'message_start', message: {} },
      block('content_block_delta', { delta: { type: 'text_delta', text: 'Hel' } }),
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' } },
      { type: 'message_stop' },
    ],
    [
      block('content_block_start', { content_block: { type: 'tool_use', id: 'c1', name: 'weather' } }),
      block('content_block_delta', { delta: { type: 'input_json_delta', partial_json: CUT } }),
      block('content_block_stop', {}),
      { type: 'message_delta', delta: { stop_reason: 'max_tokens' } },
      { type: 'message_stop' },
    ],
  ],
  [
    'Bedrock',
    'max_tokens',
    [{ contentBlockDelta: { delta: { text: 'Hel' } } }, { messageStop: { stopReason: 'max_tokens' } }],
    [
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: 'c1', name: 'weather' } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: CUT } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'max_tokens' } },
    ],
  ],
  [
    'Gemini',
    'MAX_TOKENS',
    [gemini([{ text: 'Hel' }]), gemini([], 'MAX_TOKENS')],
    [gemini([{ functionCall: { name: 'weather', willContinue: true } }]), gemini([], 'MAX_TOKENS')],
  ],
  [
    'Cohere',
    'MAX_TOKENS',
    [
      { type: 'message-start' },
      { type: 'content-delta', delta: { message: { content: { text: 'Hel' } } } },
      { type: 'message-end', delta: { finish_reason: 'MAX_TOKENS' } },
    ],
    [
      {
        type: 'tool-call-start',
        index: 0,
        delta: { message: { tool_calls: { id: 'c1', function: { name: 'weather', arguments: CUT } } } },
      },
      { type: 'tool-call-end', index: 0 },
      { type: 'message-end', delta: { finish_reason: 'MAX_TOKENS' } },
    ],
  ],
  [
    'the AI SDK',
    'length',
    [
      { type: 'text-delta', id: '1', delta: 'Hel' },
      { type: 'finish', finishReason: 'length' },
    ],
    [
      { type: 'tool-input-start', id: 'c1', toolName: 'weather' },
      { type: 'tool-input-delta', id: 'c1', delta: CUT },
      { type: 'finish', finishReason: 'length' },
    ],
  ],
];

describe('an answer that the limit on tokens has cut off', () => {
  it.each(CUT_OFF)('is a normal end for text of %s: %s', async (_, finish, events) => {
    const stream = setup().stream('chat', () => sourceOf(events));
    expect(await readAll(stream)).toEqual({ events, error: undefined });
    expect(await stream.done).toMatchObject({ status: 'complete', text: 'Hel', finish });
  });

  it.each(CUT_OFF)('is a StreamTruncatedError for a tool call of %s: %s', async (_, _finish, _text, events) => {
    const resilience = setup();
    const stream = resilience.stream('chat', () => sourceOf(events));
    const { events: seen, error } = await readAll(stream);
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({
      reason: 'tool_call',
      partial: { toolCalls: [{ name: 'weather', complete: false }] },
    });
    expect(seen).toEqual(events.slice(0, -1));
    expect(await stream.done).toMatchObject({ status: 'failed', toolCalls: [{ complete: false }] });
  });

  it('is a StreamTruncatedError for a tool call without arguments, which they would look like', async () => {
    const events = [chat(chatCall('', 'c1')), chat({}, 'length')];
    const { error } = await readAll(protectStream(sourceOf(events)));
    expect(error).toMatchObject({ reason: 'tool_call', partial: { toolCalls: [{ id: 'c1', complete: false }] } });
  });
});

describe('an answer with a tool call that has ended', () => {
  it('has it complete, though the API says only that the answer is', async () => {
    const stream = setup().stream('chat', () => sourceOf([chat(chatCall('{}', 'c1')), chat({}, 'tool_calls')]));
    expect(await readAll(stream)).toMatchObject({ error: undefined });
    expect(await stream.done).toMatchObject({ finish: 'tool_calls', toolCalls: [{ id: 'c1', complete: true }] });
  });
});

describe('an answer that was refused or filtered', () => {
  it.each<readonly [api: string, finish: string, event: object]>([
    ['chat completions', 'content_filter', chat({}, 'content_filter')],
    ['Anthropic', 'refusal', { type: 'message_delta', delta: { stop_reason: 'refusal' } }],
    ['Gemini', 'SAFETY', gemini([], 'SAFETY')],
    ['Bedrock', 'guardrail_intervened', { messageStop: { stopReason: 'guardrail_intervened' } }],
  ])('ends normally with the word of %s: %s', async (api, finish, event) => {
    const events = api === 'Anthropic' ? [event, { type: 'message_stop' }] : [event];
    const stream = setup().stream('chat', () => sourceOf(events));
    expect(await readAll(stream)).toEqual({ events, error: undefined });
    expect(await stream.done).toMatchObject({ status: 'complete', finish });
  });
});

const FAILED: readonly (readonly [api: string, before: object, failed: object, said: unknown])[] = [
  [
    'chat completions',
    chat({ content: 'Hel' }),
    { error: { message: 'Upstream', code: 502 } },
    { error: { message: 'Upstream', code: 502 } },
  ],
  [
    'a failed finish of chat completions',
    chat({ content: 'Hel' }),
    chat({}, 'error'),
    { error: { type: 'server_error', message: "the stream ended with the finish reason 'error'" } },
  ],
  [
    'responses',
    { type: 'response.output_text.delta', delta: 'Hel' },
    { type: 'response.failed', response: { error: { code: 'server_error', message: 'broken' } } },
    { error: { code: 'server_error', message: 'broken' } },
  ],
  [
    'Anthropic',
    block('content_block_delta', { delta: { type: 'text_delta', text: 'Hel' } }),
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
  ],
  [
    'Gemini',
    gemini([{ text: 'Hel' }]),
    gemini([], 'MALFORMED_FUNCTION_CALL'),
    {
      error: {
        status: 'MALFORMED_FUNCTION_CALL',
        message: "the stream ended with the finish reason 'MALFORMED_FUNCTION_CALL'",
      },
    },
  ],
];

describe('a failure within a stream', () => {
  it.each(FAILED)('is thrown as an Error with what the provider said: %s', async (_, before, failed, said) => {
    const resilience = setup();
    const events = recorded(resilience);
    const stream = resilience.stream('chat', () => sourceOf([before, failed]));
    const { events: seen, error } = await readAll(stream);
    expect(seen).toEqual([before]);
    expect(error).toBeInstanceOf(StreamFailedError);
    expect(error).toMatchObject({ operation: 'chat', error: said, partial: { text: 'Hel', events: 1 } });
    expect(classify(error)).toEqual(classify(said));
    expect(toHttpStatus(error)).toBe(toHttpStatus(said));
    expect(explain(error)).toMatchObject({ failure: classify(said), partial: { text: 'Hel' } });
    expect(findPartial(error)).toMatchObject({ text: 'Hel' });
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
    expect(await stream.done).toMatchObject({ status: 'failed', error, text: 'Hel' });
    expect(resilience.stats('chat')).toMatchObject({ failures: 1, failuresByKind: { [classify(said).kind]: 1 } });
  });

  it.each(FAILED)('is retried before the first content: %s', async (_, before, failed) => {
    const resilience = setup();
    const failures: unknown[] = [];
    resilience.on('attempt.failed', ({ error }) => failures.push(error));
    const stream = resilience.stream('chat', ({ attempt }) => sourceOf(attempt === 1 ? [failed] : [before, failed]));
    const read = readAll(stream);
    await pass(60_000);
    expect(await read).toMatchObject({ events: [before], error: { name: 'StreamFailedError' } });
    expect(failures).toMatchObject([{ name: 'StreamFailedError' }, { name: 'StreamFailedError' }]);
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, attempts: 2 });
  });

  it('is answered by a fallback before the first content', async () => {
    const said = { code: 'server_error', message: 'broken' };
    const stream = setup().stream('chat', () => sourceOf(numbered(START, { kind: 'failure', error: said })), {
      dialect: TEST_DIALECT,
      settings: { retry: false },
      fallback: () => sourceOf(['instead']),
    });
    expect(await readAll(stream)).toEqual({ events: ['instead'], error: undefined });
  });

  it('is an error of its own if the sign has one', async () => {
    const own = new RangeError('own');
    const source = sourceOf(numbered(text('Hel'), { kind: 'failure', error: own }));
    expect((await readAll(setup().stream('chat', () => source, { dialect: TEST_DIALECT }))).error).toBe(own);
    expect(findPartial(own)).toMatchObject({ text: 'Hel' });
  });

  it('is thrown by a stream that is guarded by itself', async () => {
    const source = sourceOf([chat({ content: 'Hel' }), { error: { message: 'Upstream', code: 502 } }]);
    const { error } = await readAll(protectStream(source));
    expect(String(error)).toBe('StreamFailedError: the stream failed: Upstream (502)');
    expect(findPartial(error)).toMatchObject({ text: 'Hel' });
  });
});

describe('a dialect of the user’s that fails', () => {
  const odd: Dialect = {
    ...TEST_DIALECT,
    read: (event) => {
      if (event === 'odd') throw new Error('cannot be read');
      return TEST_DIALECT.read(event);
    },
  };
  const events = ['odd', 'odd', ...numbered(text('Hel'), END)];

  it('is reported once, and its event is content', async () => {
    const resilience = setup();
    const failed: unknown[] = [];
    resilience.on('hook.failed', (event) => failed.push(event));
    const stream = resilience.stream('chat', () => sourceOf(events), { dialect: odd, key: 'a', context: { user: 1 } });
    expect(await readAll(stream)).toEqual({ events, error: undefined });
    expect(failed).toMatchObject([
      { hook: 'dialect', operation: 'chat', key: 'a', context: { user: 1 }, error: { message: 'cannot be read' } },
    ]);
  });

  it('is tolerated where nothing reports it', async () => {
    expect(await readAll(protectStream(sourceOf(events), { dialect: odd }))).toEqual({ events, error: undefined });
  });
});

describe('several answers in one stream', () => {
  const answers = (...signs: readonly StreamSign[]) => numbered(START, ...signs);

  it('are complete when each that has begun is, with the text and the reason of the first', async () => {
    const events = answers(
      text('first'),
      { kind: 'content', text: 'second', choice: 1 },
      { kind: 'end', finish: 'length', choice: 1 },
      END,
    );
    const stream = setup().stream('chat', () => sourceOf(events), { dialect: TEST_DIALECT });
    expect(await readAll(stream)).toEqual({ events, error: undefined });
    expect(await stream.done).toMatchObject({ text: 'first', finish: 'stop' });
  });

  it('are cut off when one of them has no terminal marker', async () => {
    const events = answers(text('first'), { kind: 'content', text: 'second', choice: 1 }, END);
    const stream = setup().stream('chat', () => sourceOf(events), { dialect: TEST_DIALECT });
    expect(await readAll(stream)).toMatchObject({ error: { name: 'StreamTruncatedError', reason: 'no_end' } });
  });

  it('have the reason that was said before the terminal marker', async () => {
    const events = answers(text('first'), { kind: 'finish', finish: 'end_turn' }, { kind: 'end' });
    const stream = setup().stream('chat', () => sourceOf(events), { dialect: TEST_DIALECT });
    await readAll(stream);
    expect(await stream.done).toMatchObject({ finish: 'end_turn' });
  });
});
