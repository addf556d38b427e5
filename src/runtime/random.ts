/** A source of numbers in [0, 1), the only one there is: pass your own to make everything repeatable. */
export type Random = () => number;
