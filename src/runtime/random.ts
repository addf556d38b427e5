/** A source of numbers from 0 up to, but not including, 1. Pass your own to make every decision repeatable. */
export type Random = () => number;

/** Wraps a source so that it never fails: a throw or a number out of range becomes one half. */
export function safeRandom(random: Random): Random {
  return () => {
    try {
      const drawn = random();
      return drawn >= 0 && drawn < 1 ? drawn : 0.5;
    } catch {
      return 0.5;
    }
  };
}
