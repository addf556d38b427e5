import { leavesOf } from '../leaves.js';
import { LIBRARY } from '../library.js';

const VALUES = leavesOf(LIBRARY);

/** What holds when no layer says anything, by its path: `retry.maxAttempts`. */
export function libraryDefault(path: string): { readonly default: unknown } {
  return { default: VALUES.get(path) };
}
