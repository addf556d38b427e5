import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Dialect, StreamSign } from '../../../src/streams/dialect.js';
import { tolerateDialect } from '../../../src/streams/tolerant-dialect.js';

/** A dialect as plain JavaScript may write one. */
function dialectOf(read: (event: unknown) => unknown): Dialect {
  return Object.assign({ name: 'own', hasEnd: true, recognises: () => true, read: (): StreamSign[] => [] }, { read });
}

const GOOD: readonly StreamSign[] = [
  { kind: 'preamble' },
  { kind: 'content' },
  { kind: 'content', text: 'a', choice: 1 },
  { kind: 'tool_call', toolCall: { index: 'a', id: 'b', name: 'c', arguments: '{}' } },
  { kind: 'usage', usage: { inputTokens: 1 } },
  { kind: 'finish', finish: 'stop' },
  { kind: 'end' },
  { kind: 'failure', error: undefined },
];

describe('a dialect of the user’s', () => {
  it('is read as it is', () => {
    const onFailed = vi.fn();
    const dialect = tolerateDialect(
      dialectOf(() => GOOD),
      onFailed,
    );
    expect(dialect.hasEnd).toBe(true);
    expect(dialect.read('x')).toBe(GOOD);
    expect(onFailed).not.toHaveBeenCalled();
  });

  it.each<readonly [what: string, signs: unknown]>([
    ['nothing', undefined],
    ['one sign', { kind: 'content' }],
    ['no signs', [undefined]],
    ['a text', ['content']],
    ['an unknown kind', [{ kind: 'words' }]],
    ['a kind that every object has', [{ kind: 'constructor' }]],
    ['a text that is none', [{ kind: 'content', text: 7 }]],
    ['a choice that is none', [{ kind: 'end', choice: 'first' }]],
    ['a finish without a word', [{ kind: 'finish' }]],
    ['a tool call without a piece', [{ kind: 'tool_call' }]],
    ['a piece without an index', [{ kind: 'tool_call', toolCall: { id: 'a' } }]],
    ['arguments that are no text', [{ kind: 'tool_call', toolCall: { index: 0, id: 'a', arguments: {} } }]],
    ['usage without numbers', [{ kind: 'usage' }]],
  ])('makes an event content for which it returns %s, and is reported once', (_, signs) => {
    const onFailed = vi.fn();
    const dialect = tolerateDialect(
      dialectOf(() => signs),
      onFailed,
    );
    expect([dialect.read('x'), dialect.read('y')]).toEqual([[{ kind: 'content' }], [{ kind: 'content' }]]);
    expect(onFailed.mock.calls).toEqual([[expect.any(TypeError)]]);
  });

  it('makes an event content that it throws for, and is reported once, or not at all', () => {
    const error = new Error('odd');
    const odd = dialectOf((event) => {
      if (event === 'odd') throw error;
      return GOOD;
    });
    const onFailed = vi.fn();
    const dialect = tolerateDialect(odd, onFailed);
    expect(['odd', 'even', 'odd'].map((event) => dialect.read(event).length)).toEqual([1, GOOD.length, 1]);
    expect(onFailed.mock.calls).toEqual([[error]]);
    expect(tolerateDialect(odd, undefined).read('odd')).toEqual([{ kind: 'content' }]);
  });

  it('must answer synchronously: its promise is ignored, with its rejection', async () => {
    const onUnhandled = vi.fn();
    process.once('unhandledRejection', onUnhandled);
    const dialect = tolerateDialect(
      dialectOf(() => Promise.reject(new Error('late'))),
      undefined,
    );
    expect(dialect.read('x')).toEqual([{ kind: 'content' }]);
    await turn();
    process.removeListener('unhandledRejection', onUnhandled);
    expect(onUnhandled).not.toHaveBeenCalled();
  });
});
