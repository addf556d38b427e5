/** How many UTF-16 units a name or key may have. */
export const LONGEST_NAME = 256;

/** True for a name: 1 to 256 UTF-16 units, none a control character. Cheap enough to be asked on every call. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME && !CONTROL.test(value);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;
