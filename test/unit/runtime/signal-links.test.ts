import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { SignalLinks } from '../../../src/runtime/signal-links.js';

/** How many listeners a signal has. */
const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('links to a signal', () => {
  it('hear the reason when it aborts', () => {
    const [links, controller, hear] = [new SignalLinks(), new AbortController(), vi.fn()];
    links.link(controller.signal, hear);
    expect(hear).not.toHaveBeenCalled();
    const reason = new Error('stop');
    controller.abort(reason);
    expect(hear.mock.calls).toEqual([[reason]]);
  });

  it('cost one listener however many there are', () => {
    const [links, controller] = [new SignalLinks(), new AbortController()];
    const hears = Array.from({ length: 1000 }, () => vi.fn());
    for (const hear of hears) links.link(controller.signal, hear);
    expect(listeners(controller.signal)).toBe(1);
    controller.abort('stop');
    expect(hears.every(({ mock }) => mock.calls.length === 1)).toBe(true);
  });

  it('leave no trace once the last is taken back', () => {
    const [links, controller, first, second] = [new SignalLinks(), new AbortController(), vi.fn(), vi.fn()];
    links.link(controller.signal, first);
    links.link(controller.signal, second);
    links.unlink(controller.signal, first);
    expect(listeners(controller.signal)).toBe(1);
    links.unlink(controller.signal, second);
    expect(listeners(controller.signal)).toBe(0);
    controller.abort('stop');
    expect(first).not.toHaveBeenCalled();
    expect(second).not.toHaveBeenCalled();
  });

  it('that are taken back do not hear, while the others do', () => {
    const [links, controller, gone, stays] = [new SignalLinks(), new AbortController(), vi.fn(), vi.fn()];
    links.link(controller.signal, gone);
    links.link(controller.signal, stays);
    links.unlink(controller.signal, gone);
    controller.abort('stop');
    expect(gone).not.toHaveBeenCalled();
    expect(stays).toHaveBeenCalledTimes(1);
  });

  it('can be made anew after the last was taken back', () => {
    const [links, controller, hear] = [new SignalLinks(), new AbortController(), vi.fn()];
    links.link(controller.signal, hear);
    links.unlink(controller.signal, hear);
    links.link(controller.signal, hear);
    controller.abort('stop');
    expect(hear).toHaveBeenCalledTimes(1);
  });

  it('are gone after the signal has aborted, and may be taken back all the same', () => {
    const [links, controller, hear] = [new SignalLinks(), new AbortController(), vi.fn()];
    links.link(controller.signal, hear);
    controller.abort('stop');
    expect(listeners(controller.signal)).toBe(0);
    links.unlink(controller.signal, hear);
    expect(hear).toHaveBeenCalledTimes(1);
  });

  it('may be taken back by one that hears', () => {
    const [links, controller, second] = [new SignalLinks(), new AbortController(), vi.fn()];
    const first = vi.fn(() => links.unlink(controller.signal, first));
    links.link(controller.signal, first);
    links.link(controller.signal, second);
    controller.abort('stop');
    expect(first).toHaveBeenCalledTimes(1);
    expect(second).toHaveBeenCalledTimes(1);
  });

  it('of one signal do not hear of another', () => {
    const [links, mine, other, hear] = [new SignalLinks(), new AbortController(), new AbortController(), vi.fn()];
    links.link(mine.signal, hear);
    other.abort('stop');
    links.unlink(other.signal, hear);
    expect(hear).not.toHaveBeenCalled();
    mine.abort('stop');
    expect(hear).toHaveBeenCalledTimes(1);
  });
});
