import { getEventListeners } from 'node:events';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { isSignal, SignalLinks } from '../../../src/runtime/signals.js';

const hostile = new Proxy(
  {},
  {
    has() {
      throw new Error('do not read');
    },
  },
);

const duck = { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined };

describe('isSignal', () => {
  it.each([
    { what: 'of a controller', value: new AbortController().signal },
    { what: 'that has aborted', value: AbortSignal.abort() },
    { what: 'with a timeout', value: AbortSignal.timeout(1) },
    { what: 'that combines several', value: AbortSignal.any([new AbortController().signal]) },
    { what: 'of a polyfill', value: duck },
    { what: 'of another realm', value: runInNewContext('({ ...duck })', { duck }) },
  ])('accepts a signal $what', ({ value }) => {
    expect(isSignal(value)).toBe(true);
  });

  it.each([
    { what: 'undefined', value: undefined },
    { what: 'null', value: null },
    { what: 'a string', value: 'signal' },
    { what: 'a function', value: Object.assign(() => undefined, duck) },
    { what: 'a controller', value: new AbortController() },
    { what: 'any event target', value: new EventTarget() },
    { what: 'a signal without addEventListener', value: { ...duck, addEventListener: true } },
    { what: 'a signal without removeEventListener', value: { ...duck, removeEventListener: undefined } },
    { what: 'a signal without aborted', value: { ...duck, aborted: undefined } },
    { what: 'a Proxy that throws', value: hostile },
    {
      what: 'a signal whose getter throws',
      value: {
        ...duck,
        get aborted() {
          throw new Error('do not read');
        },
      },
    },
  ])('rejects $what', ({ value }) => {
    expect(isSignal(value)).toBe(false);
  });
});

/** Counts the listeners of a signal. */
const countListeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('a signal with SignalLinks', () => {
  it('calls a link with its reason when it aborts', () => {
    const [links, controller, onAbort] = [new SignalLinks(), new AbortController(), vi.fn()];
    links.link(controller.signal, onAbort);
    expect(onAbort).not.toHaveBeenCalled();
    const reason = new Error('stop');
    controller.abort(reason);
    expect(onAbort.mock.calls).toEqual([[reason]]);
  });

  it('has one listener for any number of links', () => {
    const [links, controller] = [new SignalLinks(), new AbortController()];
    const onAborts = Array.from({ length: 1000 }, () => vi.fn());
    for (const onAbort of onAborts) links.link(controller.signal, onAbort);
    expect(countListeners(controller.signal)).toBe(1);
    controller.abort('stop');
    expect(onAborts.every(({ mock }) => mock.calls.length === 1)).toBe(true);
  });

  it('has no listener once its last link is removed', () => {
    const [links, controller, first, second] = [new SignalLinks(), new AbortController(), vi.fn(), vi.fn()];
    links.link(controller.signal, first);
    links.link(controller.signal, second);
    links.unlink(controller.signal, first);
    expect(countListeners(controller.signal)).toBe(1);
    links.unlink(controller.signal, second);
    expect(countListeners(controller.signal)).toBe(0);
    controller.abort('stop');
    expect(first).not.toHaveBeenCalled();
    expect(second).not.toHaveBeenCalled();
  });

  it('does not call a removed link, but calls the others', () => {
    const [links, controller, gone, stays] = [new SignalLinks(), new AbortController(), vi.fn(), vi.fn()];
    links.link(controller.signal, gone);
    links.link(controller.signal, stays);
    links.unlink(controller.signal, gone);
    controller.abort('stop');
    expect(gone).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledTimes(1);
  });

  it('may be linked again after its last link was removed', () => {
    const [links, controller, onAbort] = [new SignalLinks(), new AbortController(), vi.fn()];
    links.link(controller.signal, onAbort);
    links.unlink(controller.signal, onAbort);
    links.link(controller.signal, onAbort);
    controller.abort('stop');
    expect(onAbort).toHaveBeenCalledTimes(1);
  });

  it('has no listener after it has aborted, and unlink has no effect then', () => {
    const [links, controller, onAbort] = [new SignalLinks(), new AbortController(), vi.fn()];
    links.link(controller.signal, onAbort);
    controller.abort('stop');
    expect(countListeners(controller.signal)).toBe(0);
    links.unlink(controller.signal, onAbort);
    expect(onAbort).toHaveBeenCalledTimes(1);
  });

  it('lets a link remove itself when it is called', () => {
    const [links, controller, second] = [new SignalLinks(), new AbortController(), vi.fn()];
    const first = vi.fn(() => links.unlink(controller.signal, first));
    links.link(controller.signal, first);
    links.link(controller.signal, second);
    controller.abort('stop');
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).toHaveBeenCalledTimes(1);
  });

  it('does not call a link of another signal', () => {
    const [links, mine, other, onAbort] = [new SignalLinks(), new AbortController(), new AbortController(), vi.fn()];
    links.link(mine.signal, onAbort);
    other.abort('stop');
    links.unlink(other.signal, onAbort);
    expect(onAbort).not.toHaveBeenCalled();
    mine.abort('stop');
    expect(onAbort).toHaveBeenCalledTimes(1);
  });
});
