import { styleText } from 'node:util';

/** Styles text by what it means. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warning: (text: string) => string;
}

/** Leaves text as it is: for files, pipes and JSON. */
export const PLAIN: Style = { strong: keep, faint: keep, good: keep, bad: keep, warning: keep };

/** Styles text with colours: for terminals. */
export const COLOURED: Style = {
  strong: styleWith('bold'),
  faint: styleWith('dim'),
  good: styleWith('green'),
  bad: styleWith('red'),
  warning: styleWith('yellow'),
};

function styleWith(format: 'bold' | 'dim' | 'green' | 'red' | 'yellow'): (text: string) => string {
  // The caller decides once whether there is colour; the state of a stream does not.
  return (text) => (text === '' ? '' : styleText(format, text, { validateStream: false }));
}

function keep(text: string): string {
  return text;
}
