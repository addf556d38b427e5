import { describe, expect, it } from 'vitest';
import { StreamFailedError } from '../../../src/errors/index.js';

function messageOf(error: unknown, operation?: string): string {
  return new StreamFailedError(error, { operation }).message;
}

describe('the error of a stream in which the provider has failed', () => {
  it.each<readonly [said: unknown, shown: string]>([
    [{ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, 'Overloaded (overloaded_error)'],
    [{ error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow' } }, 'Slow (RESOURCE_EXHAUSTED)'],
    [{ error: { code: 502, message: 'Upstream' }, choices: [] }, 'Upstream (502)'],
    [{ type: 'error', code: 'server_error', message: 'Broken' }, 'Broken (server_error)'],
    [{ name: 'ThrottlingException', message: 'Slow down' }, 'Slow down (ThrottlingException)'],
    [{ error: { metadata: {}, error: { message: 'inner' } } }, 'inner'],
    [{ error: 'a text' }, 'a text'],
    ['a text alone', 'a text alone'],
    [{ code: 'busy', message: 'it is busy' }, 'it is busy'],
    [{ code: 'busy' }, 'busy'],
    [{}, 'the provider did not say why'],
    [undefined, 'the provider did not say why'],
    [7, 'the provider did not say why'],
  ])('says of %j: %s', (said, shown) => {
    expect(messageOf(said)).toBe(`the stream failed: ${shown}`);
    expect(messageOf(said, 'chat')).toBe(`the stream of 'chat' failed: ${shown}`);
  });

  it('carries what the provider said unchanged, and keeps the partial answer out of logs', () => {
    const said = { error: { message: 'Broken' } };
    const partial = { text: 'secret', toolCalls: [], usage: undefined, events: 1 };
    const error = new StreamFailedError(said, { operation: 'chat', partial });
    expect(error.error).toBe(said);
    expect(error).toMatchObject({ operation: 'chat', partial });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('shows a bounded part of a long text, on one line', () => {
    const message = messageOf({ message: `first\nsecond\u001b[2J${'x'.repeat(100_000)}`, code: 'y'.repeat(100_000) });
    expect(message.length).toBeLessThan(1_000);
    expect(message).toContain('first\\u{a}second\\u{1b}[2J');
  });

  it('can be made of what cannot be read', () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('hands off');
        },
      },
    );
    expect(messageOf(hostile)).toBe('the stream failed: the provider did not say why');
    const endless: { message: string; error?: object } = { message: 'round' };
    endless.error = endless;
    expect(messageOf(endless)).toBe('the stream failed: round');
  });
});
