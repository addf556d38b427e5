const LONGEST_LINE = 120;

/** A list of plain values over several lines, with the text before and after it. */
const LIST = /^(.*)\[\n([^[\]{}]*)\n\s*\](,?)$/gm;

/**
 * A value as JSON, as the formatter of this repository leaves it: lists of plain values on one line where they fit.
 *
 * @param {unknown} value
 */
export function jsonText(value) {
  const text = JSON.stringify(value, null, 2).replace(LIST, (block, before, inner, behind) => {
    const line = `${before}[${inner.trim().replace(/,\n\s*/g, ', ')}]${behind}`;
    return line.length <= LONGEST_LINE ? line : block;
  });
  return `${text}\n`;
}
