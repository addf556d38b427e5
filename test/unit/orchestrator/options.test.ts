import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/config/presets/catalog.js';
import { assertKey, checkedCall, type ExecuteOptions } from '../../../src/orchestrator/options.js';
import { issuesIn, thrownBy } from '../../support/calls.js';

const work = () => 1;
const checked = (fn: unknown, options?: ExecuteOptions) => checkedCall(fn, options, BUILT_IN);

describe('options of a call', () => {
  it('that nobody gives are empty, the same ones each time', () => {
    expect(checked(work, undefined)).toEqual({});
    expect(checked(work, undefined)).toBe(checked(work, undefined));
  });

  it('are copied, so that nobody can change them while the call is under way', () => {
    const options = { key: 'eu', settings: { deadlineMs: 5 }, signal: new AbortController().signal };
    const own = checked(work, options);
    expect(own).toEqual(options);
    expect(own).not.toBe(options);
    expect(own.settings).not.toBe(options.settings);
    expect(own.signal).toBe(options.signal);
  });

  it('are nothing without a function', () => {
    expect(issuesIn(thrownBy(() => checked('work', undefined)))).toEqual([
      { path: 'fn', message: 'must be a function', received: 'the string "work"' },
    ]);
  });

  it('may switch the breaker off', () => {
    expect(checked(work, { settings: { breaker: false } })).toEqual({ settings: { breaker: false } });
  });
});

describe('a key', () => {
  it('is a name', () => {
    assertKey('eu');
    expect(issuesIn(thrownBy(() => assertKey('')))).toMatchObject([{ path: 'key', received: 'the string ""' }]);
  });
});
