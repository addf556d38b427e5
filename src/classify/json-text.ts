const LONGEST = 65_536;
const OBJECT = 0x7b;
const END_OF_OBJECT = 0x7d;
const LIST = 0x5b;

/** The JSON object or array that a text is, or the object that it ends with; `undefined` when there is none. */
export function jsonIn(text: string): unknown {
  if (text.length > LONGEST) return undefined;
  const start = startOfJson(text);
  if (start < 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(start === 0 ? text : text.slice(start));
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function startOfJson(text: string): number {
  const first = text.charCodeAt(0);
  if (first === OBJECT || first === LIST) return 0;
  // The end is looked at first, since few texts have one like it and most have none.
  return text.charCodeAt(text.length - 1) === END_OF_OBJECT ? text.indexOf('{') : -1;
}
