import { describe, expect, it } from 'vitest';
import { toPromise } from '../../../src/runtime/promise-of.js';
import { rejectLater } from '../../../src/runtime/rejected.js';

const down = new Error('down');

/** Fulfils without being a promise. */
class Thenable implements PromiseLike<string> {
  readonly #promise = Promise.resolve('up');
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is
  readonly then: Promise<string>['then'] = this.#promise.then.bind(this.#promise);
}

class LabelledPromise<T> extends Promise<T> {
  readonly label = 'mine';
}

describe('the promise of some work', () => {
  it.each([
    { what: 'a value', work: (): unknown => 'up' },
    { what: 'a promise', work: () => Promise.resolve('up') },
    { what: 'a thenable', work: () => new Thenable() },
    { what: 'a promise of a subclass', work: () => LabelledPromise.resolve('up') },
  ])('gives what comes of $what', async ({ work }) => {
    const promise = toPromise<unknown>(work);
    expect(promise.constructor).toBe(Promise);
    await expect(promise).resolves.toBe('up');
  });

  it.each([undefined, null, 0, '', false])('gives %j, which is a result like any other', async (value) => {
    await expect(toPromise<unknown>(() => value)).resolves.toBe(value);
  });

  it('passes a native promise on as it is', () => {
    const native = Promise.resolve('up');
    expect(toPromise(() => native)).toBe(native);
  });

  it.each([
    {
      what: 'thrown at once',
      work: () => {
        throw down;
      },
    },
    { what: 'of a promise', work: () => Promise.reject(down) },
    { what: 'of a promise of a subclass', work: () => LabelledPromise.reject(down) },
  ])('rejects with the very error $what', async ({ work }) => {
    await expect(toPromise<unknown>(work)).rejects.toBe(down);
  });

  it('rejects with what a broken thenable throws', async () => {
    const broken: object = Object.defineProperty({}, 'then', {
      get() {
        throw down;
      },
    });
    await expect(toPromise<unknown>(() => broken)).rejects.toBe(down);
  });

  it('rejects with what is no error as it is', async () => {
    const thrown: unknown = await toPromise(() => {
      throw undefined;
    }).then(
      () => 'fulfilled',
      (reason: unknown) => reason,
    );
    expect(thrown).toBeUndefined();
  });
});

describe('a rejected promise', () => {
  it('rejects with the very error', async () => {
    await expect(rejectLater(down)).rejects.toBe(down);
    await expect(rejectLater(undefined)).rejects.toBeUndefined();
  });

  it('does not reject before somebody can listen', async () => {
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
