import { describe, expect, it } from 'vitest';
import { DIALECTS, recogniseDialect } from '../../../../src/streams/dialects/index.js';
import { plain } from '../../../../src/streams/dialects/plain.js';
import { anthropic, bedrock, cohere, google, groq, mistral, openai } from '../../../../src/testing/index.js';
import { eventsOf, readEvents } from '../../../support/streams.js';

const nameOf = (event: unknown) => recogniseDialect(event)?.name;

describe('the dialect of a stream', () => {
  it.each([
    ['openai_chat', openai.stream],
    ['openai_chat', groq.stream],
    ['openai_chat', mistral.stream],
    ['anthropic', anthropic.stream],
    ['google', google.stream],
    ['bedrock', bedrock.stream],
    ['cohere', cohere.stream],
  ])('%s is recognised by each of its events', (name, answer) => {
    const names = eventsOf(answer).map(nameOf);
    expect(new Set(names.filter((found) => found !== undefined))).toEqual(new Set([name]));
  });

  it.each([
    ['openai_chat', openai.errors.stream_error],
    ['anthropic', anthropic.errors.stream_error],
    ['google', google.errors.stream_unavailable],
    ['bedrock', bedrock.errors.stream_throttled],
    ['openai_chat', mistral.errors.stream_error],
  ])('%s is recognised by an error that comes first', (name, answer) => {
    expect(nameOf(eventsOf(answer).at(-1))).toBe(name);
  });

  it.each([
    ['openai_responses', { type: 'response.created', response: {} }],
    ['openai_responses', { type: 'error', code: null, message: 'x', param: null, sequence_number: 0 }],
    ['ai_sdk', { type: 'error', error: new Error('x') }],
    ['ai_sdk', { type: 'error', error: 'x' }],
    ['anthropic', { type: 'error', error: { type: 'overloaded_error', message: 'x' } }],
    ['mistral', { data: { choices: [{ delta: {} }] } }],
    ['plain', 'text'],
    ['plain', { type: 'chunk', value: 1 }],
    ['plain', 7],
    ['plain', Buffer.from('x')],
  ])('is %s for a first event of its shape', (name, event) => {
    expect(nameOf(event)).toBe(name);
  });

  it.each([[{ type: 'ping' }], [{ type: 'keepalive', sequence_number: 3 }], [{ type: 'start' }], [undefined], ['']])(
    'is not decided by %j',
    (event) => {
      expect(recogniseDialect(event)).toBeUndefined();
    },
  );

  it('has a name of its own', () => {
    const names = DIALECTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(DIALECTS.filter(({ hasEnd }) => !hasEnd)).toEqual([plain]);
  });
});

describe('a stream of unknown shape', () => {
  it('consists of content, and has no end that could be missing', () => {
    expect(readEvents(plain, ['a', 'b'])).toMatchObject({ text: 'ab', ended: false });
    expect(plain.read({ x: 1 })).toEqual([{ kind: 'content' }]);
    expect(plain.hasEnd).toBe(false);
  });
});
