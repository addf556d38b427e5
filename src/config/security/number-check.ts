import type { Findings } from './findings.js';

const HUGE = 1e100;
const TINY = 1e-100;

/** Checks a number: JSON has texts for numbers that no number can hold. */
export function checkNumber(findings: Findings, path: string, value: number): void {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) findings.refuse(path, 'must be a finite number', value);
  else if (size > HUGE) findings.warn(path, `is beyond ${HUGE}, which no setting needs`, value);
  else if (size > 0 && size < TINY) findings.warn(path, `is so near to 0 that it means nothing (below ${TINY})`, value);
  else if (size > Number.MAX_SAFE_INTEGER) {
    findings.warn(path, 'is a whole number of 2^53 or more, which cannot be kept exactly', value);
  }
}
