import { describe, expect, it, vi } from 'vitest';
import { wrapped } from '../../../src/orchestrator/wrap.js';

describe('wrapped()', () => {
  it('runs the function through the given execute, once for each call', async () => {
    const execute = vi.fn(async (work: () => string | PromiseLike<string>) => `<${await work()}>`);
    const hello = wrapped((name: string) => `hello ${name}`, execute);
    expect(execute).not.toHaveBeenCalled();
    expect(await hello('world')).toBe('<hello world>');
    expect(execute).toHaveBeenCalledTimes(1);
  });

  it('does not run the function when the call is rejected', async () => {
    const fn = vi.fn();
    await expect(wrapped(fn, () => Promise.reject(new Error('refused')))()).rejects.toThrow('refused');
    expect(fn).not.toHaveBeenCalled();
  });

  it('keeps the name and the length of arrow, anonymous and bound functions', () => {
    const names = [
      (a: number) => a,
      function two(a: number, b: number) {
        return a + b;
      }.bind(undefined),
    ];
    for (const fn of names) {
      const made = wrapped(fn, async (work) => work());
      expect([made.name, made.length]).toEqual([fn.name, fn.length]);
    }
  });
});
