import { describe } from '../../input/index.js';

/** What an error says, in words. Never throws. */
export function reasonOf(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : undefined;
    return typeof message === 'string' ? message : describe(error);
  } catch {
    return 'an error that cannot be read';
  }
}
