/** A text of at most so many characters. */
export function shortened(text: string, longest: number): string {
  // A slice, and what is put together from one, keeps the whole text in memory; what is joined is a text of its own.
  return text.length <= longest ? text : [text.slice(0, longest - 1), '…'].join('');
}
