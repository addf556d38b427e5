import { describe, expect, it } from 'vitest';
import { AnswerSoFar } from '../../../src/streams/answer.js';
import type { ToolCallPiece } from '../../../src/streams/dialect.js';

const KEPT_CHARACTERS = 1_048_576;

function answerOf(...pieces: readonly ToolCallPiece[]): AnswerSoFar {
  const answer = new AnswerSoFar();
  for (const piece of pieces) answer.addToolCall(piece);
  return answer;
}

function toolCallsOf(...pieces: readonly ToolCallPiece[]) {
  return answerOf(...pieces).toPartial().toolCalls;
}

describe('the text of an answer', () => {
  it('is joined in order', () => {
    const answer = new AnswerSoFar();
    for (const text of ['Hel', '', 'lo']) answer.addText(text);
    expect(answer.toPartial()).toEqual({ text: 'Hello', toolCalls: [], usage: undefined, events: 0 });
  });

  it('is kept up to 1,048,576 characters', () => {
    const answer = new AnswerSoFar();
    answer.addText('a'.repeat(KEPT_CHARACTERS - 1));
    answer.addText('bc');
    answer.addText('d');
    const { text } = answer.toPartial();
    expect(text).toHaveLength(KEPT_CHARACTERS);
    expect(text.at(-1)).toBe('b');
  });
});

describe('the usage of an answer', () => {
  it('has the last of each number', () => {
    const answer = new AnswerSoFar();
    answer.addUsage({ inputTokens: 5, outputTokens: 1 });
    answer.addUsage({ outputTokens: 7 });
    expect(answer.usage).toEqual({ inputTokens: 5, outputTokens: 7 });
  });
});

describe('a tool call', () => {
  it('is put together from the pieces of its index, with the first ID and name', () => {
    const toolCalls = toolCallsOf(
      { index: 0, id: 'a', name: 'weather' },
      { index: 1, name: 'time' },
      { index: 0, id: 'b', name: 'other', arguments: '{"city":' },
      { index: 1, arguments: '{}' },
      { index: 0, arguments: '"Rome"}', complete: true },
    );
    expect(toolCalls).toEqual([
      { id: 'a', name: 'weather', arguments: '{"city":"Rome"}', complete: true },
      { name: 'time', arguments: '{}', complete: false },
    ]);
  });

  it('says nothing by a piece whose index none has begun, such as the end of a text', () => {
    const answer = answerOf({ index: 0, complete: true }, { index: 1, arguments: '{}' });
    expect(answer.toPartial().toolCalls).toEqual([]);
    expect(answer.addToolCall({ index: 2, arguments: '{}' })).toBe(false);
    expect(answer.addToolCall({ index: 2, id: 'a' })).toBe(true);
    expect(answer.addToolCall({ index: 2, arguments: '{}' })).toBe(true);
  });

  it('has an index of its type: the number 0 is not the text 0', () => {
    expect(toolCallsOf({ index: 0, id: 'a' }, { index: '0', id: 'b' })).toMatchObject([{ id: 'a' }, { id: 'b' }]);
  });

  it('has its arguments replaced by a piece with all of them', () => {
    const [toolCall] = toolCallsOf(
      { index: 0, id: 'a', arguments: '{"city":"Ro' },
      { index: 0, arguments: '{"city":"Rome"}', whole: true, complete: true },
    );
    expect(toolCall).toEqual({ id: 'a', arguments: '{"city":"Rome"}', complete: true });
  });

  it('is incomplete while its arguments are no JSON, whatever the provider says', () => {
    const [toolCall] = toolCallsOf({ index: 0, id: 'a', arguments: '{"city":"Ro', complete: true });
    expect(toolCall).toMatchObject({ arguments: '{"city":"Ro', complete: false });
  });

  it('takes any text as its arguments if it says so, and none if there are none', () => {
    const toolCalls = toolCallsOf(
      { index: 0, name: 'shell', freeText: true },
      { index: 0, arguments: 'ls -l', complete: true },
      { index: 1, name: 'now', complete: true },
    );
    expect(toolCalls).toMatchObject([
      { arguments: 'ls -l', complete: true },
      { arguments: '', complete: true },
    ]);
  });

  it('is kept up to 1,048,576 characters of arguments, all tool calls together, and then never complete', () => {
    const large = `"${'x'.repeat(KEPT_CHARACTERS - 4)}"`;
    const answer = answerOf(
      { index: 0, id: 'a', arguments: large, complete: true },
      { index: 1, id: 'b', arguments: '{"a":1}', complete: true },
      { index: 1, arguments: ' ' },
    );
    const [first, second] = answer.toPartial().toolCalls;
    expect(first).toMatchObject({ arguments: large, complete: true });
    expect(second).toEqual({ id: 'b', arguments: '{"', complete: false });
    // What was not kept is not taken for a cut-off of the provider's.
    expect(answer.completeToolCalls('tool_calls')).toBe(true);
    expect(answer.toPartial().toolCalls[1]).toMatchObject({ complete: false });
  });

  it('makes room for others when its arguments are replaced', () => {
    const half = 'x'.repeat(KEPT_CHARACTERS / 2 - 2);
    const [first, second] = toolCallsOf(
      { index: 0, id: 'a', arguments: `"${half}"` },
      { index: 0, arguments: `"${half}"`, whole: true, complete: true },
      { index: 1, id: 'b', arguments: `"${half}"`, complete: true },
    );
    expect([first?.complete, second?.complete]).toEqual([true, true]);
  });

  it('is one of 1,000 at most', () => {
    const answer = new AnswerSoFar();
    for (let index = 0; index < 1_100; index++) expect(answer.addToolCall({ index, id: `${index}` })).toBe(true);
    expect(answer.toPartial().toolCalls).toHaveLength(1_000);
    expect(answer.addToolCall({ index: 1_050, arguments: '{}' })).toBe(false);
  });
});

describe('the tool calls of an answer that has ended', () => {
  it('are complete, though the provider has only said that the answer is', () => {
    const answer = answerOf({ index: 0, id: 'a', arguments: '{}' }, { index: 1, id: 'b' });
    expect(answer.completeToolCalls('tool_calls')).toBe(true);
    expect(answer.toPartial().toolCalls).toMatchObject([{ complete: true }, { complete: true }]);
  });

  it.each([undefined, 'stop', 'tool_calls', 'length'])(
    'are cut off if one is no JSON, whatever the reason: %s',
    (why) => {
      const answer = answerOf({ index: 0, id: 'a', arguments: '{"city":"Ro', complete: true }, { index: 1, id: 'b' });
      expect(answer.completeToolCalls(why)).toBe(false);
      expect(answer.toPartial().toolCalls).toMatchObject([{ complete: false }, { complete: false }]);
    },
  );

  it.each([
    'length',
    'max_tokens',
    'MAX_TOKENS',
    'max_output_tokens',
    'model_length',
    'content-filter',
    'SAFETY',
    'refusal',
  ])('are cut off by %s if the last one has no arguments yet', (why) => {
    const begun = { index: 1, id: 'b', complete: true };
    expect(answerOf({ index: 0, id: 'a', arguments: '{}' }, begun).completeToolCalls(why)).toBe(false);
    expect(answerOf(begun, { index: 2, id: 'a', arguments: '{}' }).completeToolCalls(why)).toBe(true);
    expect(answerOf(begun).completeToolCalls('stop')).toBe(true);
  });

  it('are cut off by the length if the last one takes any text, unless the provider says that it is complete', () => {
    const shell: ToolCallPiece = { index: 0, id: 'a', freeText: true, arguments: 'ls -' };
    expect(answerOf(shell).completeToolCalls('max_output_tokens')).toBe(false);
    expect(answerOf({ ...shell, complete: true }).completeToolCalls('max_output_tokens')).toBe(true);
    expect(answerOf(shell).completeToolCalls('completed')).toBe(true);
  });
});
