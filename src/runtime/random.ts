/** A source of numbers from 0 up to, but not including, 1. Pass your own to make everything repeatable. */
export type Random = () => number;

/** The same source, for whatever it does: a throw, or a number out of range, counts as one half. */
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
