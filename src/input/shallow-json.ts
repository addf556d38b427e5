/** How many objects and arrays may lie within each other in a text from outside. Settings need seven. */
export const DEEPEST_TEXT = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Parses JSON from outside. JSON.parse() itself takes any depth, but code that walks through the result later may recurse.
 *
 * @throws {SyntaxError} if the text is not JSON, or is nested deeper than {@link DEEPEST_TEXT}.
 */
export function parseShallowJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`it is nested deeper than ${DEEPEST_TEXT} levels`);
  return JSON.parse(text);
}

/** Counts brackets outside of strings. Text that is not JSON may be miscounted; the parser refuses it. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) isInString = !isInString;
    else if (code === BACKSLASH) index += 1;
    else if (isInString) continue;
    else if (code === OPENING_BRACKET || code === OPENING_BRACE) depth += 1;
    else if (code === CLOSING_BRACKET || code === CLOSING_BRACE) depth -= 1;
    if (depth > DEEPEST_TEXT) return true;
  }
  return false;
}
