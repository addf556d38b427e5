import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { callHook, followAnswer, requireAnswer, warnOfHook } from '../../../src/runtime/hook.js';

const error = new Error('of the hook');
const settled = () => new Promise(setImmediate);
const thenable = (then: (...handlers: ((value: unknown) => void)[]) => unknown) => Object.fromEntries([['then', then]]);

describe('callHook', () => {
  it('passes the arguments on, and reports nothing for a hook that returns', async () => {
    const onError = vi.fn();
    const hook = vi.fn((_: string, count: number) => count);
    callHook(hook, ['a', 1], onError);
    callHook(undefined, [], onError);
    await settled();
    expect(hook).toHaveBeenCalledExactlyOnceWith('a', 1);
    expect(onError).not.toHaveBeenCalled();
  });

  it('reports what a hook throws at once, and what it rejects with once', async () => {
    const onError = vi.fn();
    callHook(() => Promise.reject(error), [], onError);
    await settled();
    expect(onError).toHaveBeenCalledExactlyOnceWith(error);
    onError.mockClear();
    const throwing = () => {
      throw error;
    };
    callHook(throwing, [], onError);
    expect(onError).toHaveBeenCalledExactlyOnceWith(error);
  });
});

describe('followAnswer', () => {
  it.each([undefined, null, 5, 'x', {}, Object.fromEntries([['then', 5]]), () => 1])(
    'returns false for %o, which is no promise',
    (answer) => {
      expect(followAnswer(answer, () => undefined)).toBe(false);
    },
  );

  it('reports the rejection of a promise of another realm', async () => {
    const onError = vi.fn();
    expect(followAnswer(runInNewContext('Promise.reject(5)'), onError)).toBe(true);
    await settled();
    expect(onError).toHaveBeenCalledExactlyOnceWith(5);
  });

  it('starts a lazy thenable by calling its then exactly once', async () => {
    const onError = vi.fn();
    const then = vi.fn((resolve?: (value: unknown) => void) => resolve?.('row'));
    expect(followAnswer(thenable(then), onError)).toBe(true);
    await settled();
    expect(then).toHaveBeenCalledTimes(1);
    expect(onError).not.toHaveBeenCalled();
  });

  it('ignores a rejection that comes after the fulfilment', async () => {
    const onError = vi.fn();
    const both = thenable((resolve, reject) => [resolve?.(1), reject?.(error)]);
    followAnswer(both, onError);
    await settled();
    expect(onError).not.toHaveBeenCalled();
  });
});

describe('requireAnswer', () => {
  it('returns an answer, and throws a TypeError that names the hook for a promise', async () => {
    expect(requireAnswer('a rule', 5)).toBe(5);
    const message = 'a rule must answer synchronously, not with a promise';
    expect(() => requireAnswer('a rule', Promise.reject(error))).toThrow(new TypeError(message));
    await settled();
  });
});

describe('warnOfHook', () => {
  it('emits a warning with a code, also for an error that has no text', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    warnOfHook('sink', error);
    warnOfHook('sink', Object.create(null));
    const code = { code: 'HOLDFAST_HOOK_FAILED' };
    expect(warn.mock.calls).toEqual([
      ['sink has thrown: Error: of the hook', code],
      ['sink has thrown: an error that cannot be read', code],
    ]);
    warn.mockRestore();
  });
});
