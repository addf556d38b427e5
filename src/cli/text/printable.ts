import { escapeControlCharacters } from '../../input/index.js';

export { escapeControlCharacters };

/** A setting's value as people write it. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return escapeControlCharacters(value);
  return value === undefined ? '-' : escapeControlCharacters(JSON.stringify(value));
}
