import type { Check } from '../input/index.js';

/** What an amount may be besides a finite number from 0. */
export interface AmountRule {
  /** 0 is not allowed. */
  readonly positive?: boolean;
  /** Infinity is allowed. */
  readonly infinite?: boolean;
}

/** Checks an amount of something, when present. How large it may be is for us to see to. */
export function checkAmount(
  check: Check,
  path: string,
  value: unknown,
  { positive = false, infinite = false }: AmountRule = {},
): void {
  if (value === undefined) return;
  const fits = typeof value === 'number' && (positive ? value > 0 : value >= 0) && (infinite || value < Infinity);
  if (fits) return;
  check.addIssue(path, `must be a number ${positive ? 'above' : 'from'} 0${infinite ? ', or Infinity' : ''}`, value);
}

/** The number that was given; for anything else, what it means when nothing is given. */
export function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
