import { followAnswer } from './hook.js';

/** A source of numbers from 0 up to, but not including, 1. Pass your own to make every decision repeatable. */
export type Random = () => number;

/**
 * Wraps a source so that it never fails: a throw, or anything but a number in range, becomes one half, and is passed to
 * `onError`.
 */
export function safeRandom(random: Random, onError: (error: unknown) => void = ignore): Random {
  return () => {
    try {
      const drawn: unknown = random();
      if (typeof drawn === 'number' && drawn >= 0 && drawn < 1) return drawn;
      followAnswer(drawn, ignore);
      onError(new TypeError('random must return a number from 0 up to, but not including, 1'));
    } catch (error) {
      onError(error);
    }
    return 0.5;
  };
}

function ignore(): void {
  // By default, errors are ignored: the replacement is used.
}
