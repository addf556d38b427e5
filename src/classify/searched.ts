/** As much of a text is searched, in UTF-16 units: what a callee says of a failure is short, and it may send megabytes. */
export const LONGEST_SEARCHED = 4_096;

/** The part of a text that is searched. */
export function searchedPartOf(text: string): string {
  return text.length > LONGEST_SEARCHED ? text.slice(0, LONGEST_SEARCHED) : text;
}
