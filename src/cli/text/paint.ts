import { styleText } from 'node:util';

/** Makes text look like what it means. */
export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
}

const PLAIN: Paint = { strong: same, faint: same, good: same, bad: same, doubtful: same };

const COLOURED: Paint = {
  strong: styled('bold'),
  faint: styled('dim'),
  good: styled('green'),
  bad: styled('red'),
  doubtful: styled('yellow'),
};

/** Colour where it is wanted, and none where it would be in the way. */
export function paintFor({ coloured }: { readonly coloured: boolean }): Paint {
  return coloured ? COLOURED : PLAIN;
}

function styled(format: 'bold' | 'dim' | 'green' | 'red' | 'yellow'): (text: string) => string {
  // Whether there is to be colour is decided by the caller, once; not by the state of a stream at each word.
  return (text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));
}

function same(text: string): string {
  return text;
}
