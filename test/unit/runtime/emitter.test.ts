import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../src/runtime/emitter.js';

type Told = { readonly type: 'rain'; readonly mm: number } | { readonly type: 'sun' };

const rain: Told = { type: 'rain', mm: 3 };
const sun: Told = { type: 'sun' };
const broken = new Error('listener');

function emitter() {
  const troubles: [unknown, Told][] = [];
  return { troubles, events: new Emitter<Told>((error, event) => void troubles.push([error, event])) };
}

describe('an emitter', () => {
  it('tells each listener of what it subscribed to', () => {
    const { events } = emitter();
    const [onRain, onAll] = [vi.fn(), vi.fn()];
    events.on('rain', onRain);
    events.on('*', onAll);
    events.emit(rain);
    events.emit(sun);
    expect(onRain.mock.calls).toEqual([[rain]]);
    expect(onAll.mock.calls).toEqual([[rain], [sun]]);
  });

  it('knows what somebody wants', () => {
    const { events } = emitter();
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

  it('tells in the order in which listeners came', () => {
    const { events } = emitter();
    const heard: number[] = [];
    for (const number of [1, 2, 3]) events.on('sun', () => void heard.push(number));
    events.emit(sun);
    expect(heard).toEqual([1, 2, 3]);
  });

  it('ends one subscription by its way out, which may be taken twice', () => {
    const { events } = emitter();
    const heard = vi.fn();
    const off = events.on('sun', heard);
    events.on('sun', heard);
    off();
    off();
    events.emit(sun);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('forgets every listener when it is cleared, and takes new ones', () => {
    const { events } = emitter();
    const [early, late] = [vi.fn(), vi.fn()];
    events.on('*', early);
    events.clear();
    events.on('*', late);
    events.emit(sun);
    expect(early).not.toHaveBeenCalled();
    expect(late).toHaveBeenCalledTimes(1);
  });

  it('lets listeners come and go while it tells, from the next event on', () => {
    const { events } = emitter();
    const heard: string[] = [];
    const off = events.on('sun', () => {
      heard.push('first');
      off();
      events.on('sun', () => void heard.push('new'));
    });
    events.on('sun', () => void heard.push('second'));
    events.emit(sun);
    expect(heard).toEqual(['first', 'second']);
    events.emit(sun);
    expect(heard).toEqual(['first', 'second', 'second', 'new']);
  });

  it('tells what a listener gives rise to after the event itself, so that all hear the same order', () => {
    const { events } = emitter();
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

  it('does not tell a listener that left while others were being told', () => {
    const { events } = emitter();
    const heard = vi.fn();
    let off = (): void => undefined;
    events.on('sun', () => off());
    off = events.on('sun', heard);
    events.emit(sun);
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('a listener in trouble', () => {
  it('that throws is handed over with the event, and robs nobody of it', () => {
    const { events, troubles } = emitter();
    const other = vi.fn();
    events.on('rain', () => {
      throw broken;
    });
    events.on('rain', other);
    events.emit(rain);
    expect(troubles).toEqual([[broken, rain]]);
    expect(other).toHaveBeenCalledTimes(1);
  });

  it('that rejects is handed over when it does', async () => {
    const { events, troubles } = emitter();
    const rejects: () => unknown = () => Promise.reject(broken);
    events.on('rain', rejects);
    events.emit(rain);
    expect(troubles).toEqual([]);
    await Promise.resolve();
    expect(troubles).toEqual([[broken, rain]]);
  });

  it('does not keep later events from being told', () => {
    const { events } = emitter();
    const heard = vi.fn();
    events.on('*', () => {
      throw broken;
    });
    events.on('sun', heard);
    events.emit(rain);
    events.emit(sun);
    events.emit(sun);
    expect(heard).toHaveBeenCalledTimes(2);
  });

  it('is none when its promise fulfils or what it returns is no promise', async () => {
    const { events, troubles } = emitter();
    const fulfils: () => unknown = () => Promise.resolve('heard');
    const returns: () => unknown = () => 'heard';
    events.on('*', fulfils);
    events.on('*', returns);
    events.emit(rain);
    await Promise.resolve();
    expect(troubles).toEqual([]);
  });

  it('is none when it does not concern the event', () => {
    const { events, troubles } = emitter();
    events.on('sun', () => {
      throw broken;
    });
    events.emit(rain);
    expect(troubles).toEqual([]);
  });
});
