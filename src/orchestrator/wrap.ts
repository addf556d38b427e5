/** What `wrap` makes of a function: the same arguments and the same `this`, and always a promise. */
export type Wrapped<This, Args extends readonly unknown[], T> = (this: This, ...args: Args) => Promise<T>;

/** A function that gives a value or something that becomes one. */
export type Wrappable<This, Args extends readonly unknown[], T> = (this: This, ...args: Args) => T | PromiseLike<T>;

/** Replaces a function by one that runs it within `execute`, with the name and length of the original. */
export function wrapped<This, Args extends readonly unknown[], T>(
  fn: Wrappable<This, Args, T>,
  execute: (work: () => T | PromiseLike<T>) => Promise<T>,
): Wrapped<This, Args, T> {
  const wrapper: Wrapped<This, Args, T> = function (...args) {
    return execute(() => Reflect.apply(fn, this, args));
  };
  Object.defineProperty(wrapper, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: fn.length, configurable: true });
  return wrapper;
}
