import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isSignal } from '../../../src/runtime/is-signal.js';

const hostile = new Proxy(
  {},
  {
    has() {
      throw new Error('hands off');
    },
  },
);

const duck = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

describe('a signal', () => {
  it.each([
    { what: 'of a controller', value: new AbortController().signal },
    { what: 'that has aborted', value: AbortSignal.abort() },
    { what: 'with a timeout', value: AbortSignal.timeout(1) },
    { what: 'of several', value: AbortSignal.any([new AbortController().signal]) },
    { what: 'of a polyfill', value: duck },
    { what: 'of another realm', value: runInNewContext('({ ...duck })', { duck }) },
  ])('is one $what', ({ value }) => {
    expect(isSignal(value)).toBe(true);
  });

  it.each([
    { what: 'nothing', value: undefined },
    { what: 'null', value: null },
    { what: 'a string', value: 'signal' },
    { what: 'a function', value: Object.assign(() => undefined, duck) },
    { what: 'its controller', value: new AbortController() },
    { what: 'any event target', value: new EventTarget() },
    { what: 'one that cannot be listened to', value: { ...duck, addEventListener: true } },
    { what: 'one that cannot be left again', value: { ...duck, removeEventListener: undefined } },
    { what: 'one that does not know whether it has aborted', value: { ...duck, aborted: undefined } },
    { what: 'a Proxy that throws', value: hostile },
    {
      what: 'one whose getter throws',
      value: {
        ...duck,
        get aborted() {
          throw new Error('hands off');
        },
      },
    },
  ])('is not $what', ({ value }) => {
    expect(isSignal(value)).toBe(false);
  });
});
