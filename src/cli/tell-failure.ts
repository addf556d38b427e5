import { ConfigurationError } from '../errors/index.js';
import type { Sink } from './host.js';
import { issueLines } from './text/issues.js';
import { paintFor } from './text/paint.js';
import { escapeControlCharacters } from './text/printable.js';
import { UsageError } from './usage-error.js';

/** Says on stderr why there is no result: in words, or as one line of JSON. */
export function tellFailure(error: unknown, stderr: Sink, json: boolean): void {
  stderr.write(`${json ? JSON.stringify({ error: asData(error) }) : asText(error)}\n`);
}

function asText(error: unknown): string {
  if (error instanceof UsageError) {
    const { message, suggestion } = error;
    const more = suggestion === undefined ? '' : `\n  ${escapeControlCharacters(suggestion)}`;
    return `holdfast: ${escapeControlCharacters(message)}${more}`;
  }
  if (ConfigurationError.is(error)) return issueLines(error.issues, paintFor({ coloured: false }));
  // Nobody's input is to blame, so whoever mends it needs to know where it was.
  const where = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `holdfast: a fault of holdfast itself.\n${where}`;
}

function asData(error: unknown): object {
  if (error instanceof UsageError) {
    const { message, suggestion } = error;
    return { code: 'USAGE', message, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  if (ConfigurationError.is(error)) return { code: error.code, issues: error.issues };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
