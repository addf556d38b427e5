import { printable } from '../../errors/errors.js';

export { printable };

/** A setting's value as people write it. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return printable(value);
  return value === undefined ? '-' : printable(JSON.stringify(value));
}
