import { describe, expect, it } from 'vitest';
import { checkReaction, checkScript } from '../../../src/testing/script.js';
import { issuesIn, thrownBy } from '../../support/calls.js';

describe('the script of a fault server', () => {
  it.each([
    ['a word', 'silence'],
    ['an answer', { status: 599, headers: { a: 'b' }, body: ['x', new Uint8Array()], headAfterMs: 0, ending: 'cut' }],
    ['an empty answer', {}],
    ['a list', ['reset', 'hang_up', {}]],
    ['a function', () => 'reset'],
  ])('may be %s', (_, script) => {
    expect(() => checkScript(script)).not.toThrow();
  });

  it.each([
    ['script', 'explode', 'must be one of reset, hang_up, cut_head, silence'],
    ['script', [], 'must hold at least one reaction'],
    ['script', null, 'must be a plain object'],
    ['script[1]', ['reset', 7], 'must be a plain object'],
    ['script.statsu', { statsu: 200 }, expect.stringContaining('is unknown')],
    ['script.status', { status: 199 }, 'must be a whole number from 200 to 599'],
    ['script.status', { status: '200' }, 'must be a whole number from 200 to 599'],
    ['script.headers', { headers: 'a: b' }, 'must be a plain object'],
    ['script.headers.a', { headers: { a: 1 } }, 'must be a string that a header can hold'],
    ['script.headers.a', { headers: { a: 'b\nc' } }, 'must be a string that a header can hold'],
    ['script.headers.a b', { headers: { 'a b': 'c' } }, 'must be a string that a header can hold'],
    ['script.body', { body: 7 }, 'must be a string, bytes, or a list of them'],
    ['script.body', { body: ['x', null] }, 'must be a string, bytes, or a list of them'],
    ['script.headAfterMs', { headAfterMs: -1 }, 'must be a number from 0 to 2147483647'],
    ['script.pieceAfterMs', { pieceAfterMs: Number.NaN }, 'must be a number from 0 to 2147483647'],
    ['script.ending', { ending: 'happy' }, 'must be one of complete, cut, stall'],
  ])('is refused at %s: %j', (path, script, message) => {
    expect(issuesIn(thrownBy(() => checkScript(script)))).toMatchObject([{ path, message }]);
  });

  it('is refused with all its issues at once', () => {
    const issues = issuesIn(thrownBy(() => checkScript(['boom', { status: 1, ending: 'never' }])));
    expect(issues.map(({ path }) => path)).toEqual(['script[0]', 'script[1].status', 'script[1].ending']);
  });
});

describe('the reaction of a script that is a function', () => {
  it('must be a single reaction', () => {
    expect(() => checkReaction({ status: 200 })).not.toThrow();
    expect(issuesIn(thrownBy(() => checkReaction(['reset'])))).toMatchObject([{ path: 'reaction' }]);
  });
});
