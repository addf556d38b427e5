import { describe, expect, it } from 'vitest';
import { rejectLater, runWork } from '../../../src/runtime/promise.js';

const down = new Error('down');

/** Fulfils without being a promise. */
class Thenable implements PromiseLike<string> {
  readonly #promise = Promise.resolve('up');
  // biome-ignore lint/suspicious/noThenProperty: the test needs a thenable
  readonly then: Promise<string>['then'] = this.#promise.then.bind(this.#promise);
}

class LabelledPromise<T> extends Promise<T> {
  readonly label = 'mine';
}

/** The promise that settles as the work does. */
function promiseOf<T>(work: () => T | PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => runWork(work, undefined, resolve, reject));
}

describe('runWork', () => {
  it.each([
    { what: 'a value', work: (): unknown => 'up' },
    { what: 'a promise', work: () => Promise.resolve('up') },
    { what: 'a thenable', work: () => new Thenable() },
    { what: 'a promise of a subclass', work: () => LabelledPromise.resolve('up') },
  ])('resolves a function that returns $what', async ({ work }) => {
    await expect(promiseOf<unknown>(work)).resolves.toBe('up');
  });

  it.each([undefined, null, 0, '', false])('resolves with %j, which is a value like any other', async (value) => {
    await expect(promiseOf<unknown>(() => value)).resolves.toBe(value);
  });

  it('rejects when a native promise has a then of its own that throws', async () => {
    const native = Object.assign(Promise.resolve('up'), {
      // biome-ignore lint/suspicious/noThenProperty: the test needs one
      then: () => {
        throw down;
      },
    });
    await expect(promiseOf(() => native)).rejects.toBe(down);
  });

  it.each([
    {
      what: 'thrown synchronously',
      work: () => {
        throw down;
      },
    },
    { what: 'of a promise', work: () => Promise.reject(down) },
    { what: 'of a promise of a subclass', work: () => LabelledPromise.reject(down) },
  ])('rejects with the original error $what', async ({ work }) => {
    await expect(promiseOf<unknown>(work)).rejects.toBe(down);
  });

  it('rejects with the error that a thenable throws', async () => {
    const broken: object = Object.defineProperty({}, 'then', {
      get() {
        throw down;
      },
    });
    await expect(promiseOf<unknown>(() => broken)).rejects.toBe(down);
  });

  it('rejects with a thrown value that is not an error', async () => {
    const thrown: unknown = await promiseOf(() => {
      throw undefined;
    }).then(
      () => 'fulfilled',
      (reason: unknown) => reason,
    );
    expect(thrown).toBeUndefined();
  });
});

describe('rejectLater', () => {
  it('rejects with the original error', async () => {
    await expect(rejectLater(down)).rejects.toBe(down);
    await expect(rejectLater(undefined)).rejects.toBeUndefined();
  });

  it('does not reject before a handler can be attached', async () => {
    const early: unknown[] = [];
    const note = (reason: unknown) => early.push(reason);
    process.on('unhandledRejection', note);
    const promise = rejectLater(down);
    let settled = false;
    const listening = promise.catch(() => {
      settled = true;
    });
    expect(settled).toBe(false);
    await listening;
    process.off('unhandledRejection', note);
    expect(early).toEqual([]);
  });

  it('rejects one microtask from now', async () => {
    const order: string[] = [];
    const first = rejectLater(down).catch(() => order.push('rejected'));
    const second = Promise.resolve()
      .then(() => order.push('one'))
      .then(() => order.push('two'));
    await Promise.all([first, second]);
    expect(order.indexOf('rejected')).toBeLessThan(order.indexOf('two'));
  });
});
