import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/config/presets/catalog.js';
import { assertKey, type ExecuteOptions, parseExecuteOptions } from '../../../src/orchestrator/options.js';
import { firstAttempt } from '../../support/attempts.js';
import { issuesIn, thrownBy } from '../../support/calls.js';

const work = () => 1;
const checked = (fn: unknown, options?: ExecuteOptions) => parseExecuteOptions(fn, options, BUILT_IN);

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('options of a call', () => {
  it('are the same empty object each time when they are not given', () => {
    expect(checked(work, undefined)).toEqual({});
    expect(checked(work, undefined)).toBe(checked(work, undefined));
  });

  it('are copied, so that changing them later does not affect the call', () => {
    const options = { key: 'eu', settings: { deadlineMs: 5 }, signal: new AbortController().signal };
    const own = checked(work, options);
    expect(own).toEqual(options);
    expect(own).not.toBe(options);
    expect(own.settings).not.toBe(options.settings);
    expect(own.signal).toBe(options.signal);
  });

  it('are refused when there is no function to call', () => {
    expect(issuesIn(thrownBy(() => checked('work', undefined)))).toEqual([
      { path: 'fn', message: 'must be a function', received: 'the string "work"' },
    ]);
  });

  it('may disable the breaker', () => {
    expect(checked(work, { settings: { breaker: false } })).toEqual({ settings: { breaker: false } });
  });
});

describe('the parent of a call', () => {
  it('may be the call that the surrounding function received', () => {
    const parent = firstAttempt();
    expect(checked(work, { parent })).toEqual({ parent });
  });

  it('may be a call of another copy of the package', () => {
    const parent = { ...firstAttempt(), remainingMs: () => 5, signal: new AbortController().signal };
    const options: unknown = { parent };
    expect(Reflect.apply(checked, undefined, [work, options])).toEqual({ parent });
  });

  it.each([
    { parent: null, received: 'null' },
    { parent: 'call', received: 'the string "call"' },
    { parent: {}, received: 'an object' },
    { parent: { remainingMs: () => 5 }, received: 'an object' },
    { parent: { signal: new AbortController().signal, remainingMs: 5 }, received: 'an object' },
    { parent: { signal: {}, remainingMs: () => 5 }, received: 'an object' },
    { parent: revoked(), received: expect.any(String) },
  ])('is refused when it is not a call: $received', ({ parent, received }) => {
    const refuse = () => Reflect.apply(checked, undefined, [work, { parent }]);
    expect(issuesIn(thrownBy(refuse))).toEqual([
      {
        path: 'options.parent',
        message: 'must be the call that the surrounding function received, or false',
        received,
      },
    ]);
  });
});

describe('a key', () => {
  it('must be a name', () => {
    assertKey('eu');
    expect(issuesIn(thrownBy(() => assertKey('')))).toMatchObject([{ path: 'key', received: 'the string ""' }]);
  });
});
