import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/runtime/emitter.js';

type Weather = { readonly type: 'rain'; readonly mm: number } | { readonly type: 'sun' };

const rain: Weather = { type: 'rain', mm: 3 };
const sun: Weather = { type: 'sun' };
const broken = new Error('listener');

function createEmitter() {
  const errors: [unknown, Weather][] = [];
  return { errors, events: new Emitter<Weather>((error, event) => void errors.push([error, event])) };
}

describe('an emitter', () => {
  it('delivers an event to the listeners of its type and of all types', () => {
    const { events } = createEmitter();
    const [onRain, onAll] = [vi.fn(), vi.fn()];
    events.on('rain', onRain);
    events.on('*', onAll);
    events.emit(rain);
    events.emit(sun);
    expect(onRain.mock.calls).toEqual([[rain]]);
    expect(onAll.mock.calls).toEqual([[rain], [sun]]);
  });

  it('wants the types that have a listener', () => {
    const { events } = createEmitter();
    expect([events.wants('rain'), events.wants('sun')]).toEqual([false, false]);
    const off = events.on('rain', () => undefined);
    expect([events.wants('rain'), events.wants('sun')]).toEqual([true, false]);
    events.on('*', () => undefined);
    expect([events.wants('rain'), events.wants('sun')]).toEqual([true, true]);
    off();
    expect([events.wants('rain'), events.wants('sun')]).toEqual([true, true]);
    events.clear();
    expect([events.wants('rain'), events.wants('sun')]).toEqual([false, false]);
  });

  it('calls listeners in the order of their subscription', () => {
    const { events } = createEmitter();
    const received: number[] = [];
    for (const number of [1, 2, 3]) events.on('sun', () => void received.push(number));
    events.emit(sun);
    expect(received).toEqual([1, 2, 3]);
  });

  it('ends one subscription when its unsubscribe function is called, once or again', () => {
    const { events } = createEmitter();
    const received = vi.fn();
    const off = events.on('sun', received);
    events.on('sun', received);
    off();
    off();
    events.emit(sun);
    expect(received).toHaveBeenCalledTimes(1);
  });

  it('removes every listener with clear(), and accepts new ones afterwards', () => {
    const { events } = createEmitter();
    const [early, late] = [vi.fn(), vi.fn()];
    events.on('*', early);
    events.clear();
    events.on('*', late);
    events.emit(sun);
    expect(early).not.toHaveBeenCalled();
    expect(late).toHaveBeenCalledTimes(1);
  });

  it('delivers the next event to listeners that subscribe during delivery', () => {
    const { events } = createEmitter();
    const received: string[] = [];
    const off = events.on('sun', () => {
      received.push('first');
      off();
      events.on('sun', () => void received.push('new'));
    });
    events.on('sun', () => void received.push('second'));
    events.emit(sun);
    expect(received).toEqual(['first', 'second']);
    events.emit(sun);
    expect(received).toEqual(['first', 'second', 'second', 'new']);
  });

  it('delivers events emitted by a listener afterwards, in the same order for all', () => {
    const { events } = createEmitter();
    const [before, after]: [string[], string[]] = [[], []];
    events.on('*', ({ type }) => void before.push(type));
    const off = events.on('rain', () => {
      off();
      events.emit(sun);
      events.emit(rain);
    });
    events.on('*', ({ type }) => void after.push(type));
    events.emit(rain);
    expect(before).toEqual(['rain', 'sun', 'rain']);
    expect(after).toEqual(before);
  });

  it('does not call a listener that unsubscribes during delivery', () => {
    const { events } = createEmitter();
    const received = vi.fn();
    let off = (): void => undefined;
    events.on('sun', () => off());
    off = events.on('sun', received);
    events.emit(sun);
    expect(received).not.toHaveBeenCalled();
  });
});

describe('an emitter with listeners that fail', () => {
  it('reports a listener that throws with the event, and calls the other listeners', () => {
    const { events, errors } = createEmitter();
    const other = vi.fn();
    events.on('rain', () => {
      throw broken;
    });
    events.on('rain', other);
    events.emit(rain);
    expect(errors).toEqual([[broken, rain]]);
    expect(other).toHaveBeenCalledTimes(1);
  });

  it('reports a listener that rejects when it does', async () => {
    const { events, errors } = createEmitter();
    const rejects: () => unknown = () => Promise.reject(broken);
    events.on('rain', rejects);
    events.emit(rain);
    expect(errors).toEqual([]);
    await new Promise(setImmediate);
    expect(errors).toEqual([[broken, rain]]);
  });

  it('delivers later events to a listener that has thrown', () => {
    const { events } = createEmitter();
    const received = vi.fn();
    events.on('*', () => {
      throw broken;
    });
    events.on('sun', received);
    events.emit(rain);
    events.emit(sun);
    events.emit(sun);
    expect(received).toHaveBeenCalledTimes(2);
  });

  it('accepts listeners that return a promise or any value', async () => {
    const { events, errors } = createEmitter();
    const fulfils: () => unknown = () => Promise.resolve('received');
    const returns: () => unknown = () => 'received';
    events.on('*', fulfils);
    events.on('*', returns);
    events.emit(rain);
    await Promise.resolve();
    expect(errors).toEqual([]);
  });

  it('does not call a listener of another type', () => {
    const { events, errors } = createEmitter();
    events.on('sun', () => {
      throw broken;
    });
    events.emit(rain);
    expect(errors).toEqual([]);
  });
});
