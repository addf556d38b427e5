import { describe } from '../../input/index.js';
import { deepFreeze } from '../../runtime/index.js';
import { shortened } from './shortened.js';

/** As much as a whole config may take; what is longer is told in words. */
const LONGEST_TEXT = 16_384;

/** A frozen copy of a value, as JSON can hold it; words for what it cannot, or what is too long. Never throws. */
export function keepable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return keepableScalar(value);
  try {
    const text = JSON.stringify(value);
    if (text.length <= LONGEST_TEXT) return deepFreeze(JSON.parse(text));
    return `(${text.length} characters of JSON)`;
  } catch {
    return '(cannot be written as JSON)';
  }
}

function keepableScalar(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
      return shortened(value, LONGEST_TEXT);
    case 'number':
      // JSON has no NaN and no Infinity: an export must not turn them into null.
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
    case 'symbol':
    case 'function':
      return `(${describe(value)})`;
    default:
      return value;
  }
}
