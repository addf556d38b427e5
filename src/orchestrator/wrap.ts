/** What `wrap` returns: a function with the same arguments and the same `this` that returns a promise. */
export type Wrapped<This, Args extends readonly unknown[], T> = (this: This, ...args: Args) => Promise<T>;

/** A function that returns a value or a promise. */
export type Wrappable<This, Args extends readonly unknown[], T> = (this: This, ...args: Args) => T | PromiseLike<T>;

/** Returns a function that runs `fn` within `execute`, with the name and length of the original. */
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
