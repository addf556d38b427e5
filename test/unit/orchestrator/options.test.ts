import { describe, expect, it } from 'vitest';
import { assertKey, checkedCall } from '../../../src/orchestrator/options.js';
import { issuesIn, thrownBy } from '../../support/calls.js';

const work = () => 1;

describe('options of a call', () => {
  it('that nobody gives are empty, the same ones each time', () => {
    expect(checkedCall(work, undefined)).toEqual({});
    expect(checkedCall(work, undefined)).toBe(checkedCall(work, undefined));
  });

  it('are copied, so that nobody can change them while the call is under way', () => {
    const options = { key: 'eu', settings: { deadlineMs: 5 }, signal: new AbortController().signal };
    const own = checkedCall(work, options);
    expect(own).toEqual(options);
    expect(own).not.toBe(options);
    expect(own.settings).not.toBe(options.settings);
    expect(own.signal).toBe(options.signal);
  });

  it('are nothing without a function', () => {
    expect(issuesIn(thrownBy(() => checkedCall('work', undefined)))).toEqual([
      { path: 'fn', message: 'must be a function', received: 'the string "work"' },
    ]);
  });

  it('may switch the breaker off', () => {
    expect(checkedCall(work, { settings: { breaker: false } })).toEqual({ settings: { breaker: false } });
  });
});

describe('a key', () => {
  it('is a name', () => {
    assertKey('eu');
    expect(issuesIn(thrownBy(() => assertKey('')))).toMatchObject([{ path: 'key', received: 'the string ""' }]);
  });
});
