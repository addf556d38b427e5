import type { Migration } from '../../migrate/index.js';
import type { Paint } from './paint.js';
import { escapeControlCharacters, valueText } from './printable.js';
import { table } from './table.js';

/** A migration for people: what it comes to, why, and what there is to do. */
export function migrationText(migration: Migration, paint: Paint): string {
  const { config, preset, confidence, level, reasons, warnings, steps } = migration;
  return [
    `${paint.strong(`preset ${escapeControlCharacters(preset)}`)}, confidence ${confidence.toFixed(2)} (${level})`,
    reasons.map((reason) => `  ${escapeControlCharacters(reason)}`).join('\n'),
    warnings.map((warning) => `${paint.doubtful('warning')}: ${escapeControlCharacters(warning)}`).join('\n'),
    titled('Config', indented(JSON.stringify(config, undefined, 2)), paint),
    titled('What became of each option', noteTable(migration, paint), paint),
    titled(`Other than in the preset ${escapeControlCharacters(preset)}`, differenceTable(migration, paint), paint),
    titled(
      'What to do',
      steps.map((step, index) => `  ${index + 1}. ${escapeControlCharacters(step)}`).join('\n'),
      paint,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function titled(title: string, body: string, paint: Paint): string {
  return body === '' ? '' : `${paint.strong(`${title}:`)}\n${body}`;
}

function noteTable({ notes }: Migration, paint: Paint): string {
  const rows = notes.map(({ option, received, outcome, to, why }) => [
    escapeControlCharacters(option),
    escapeControlCharacters(received),
    outcome,
    to === undefined ? '-' : escapeControlCharacters(to),
    escapeControlCharacters(why),
  ]);
  return table([{}, {}, { paint: paint.strong }, {}, { paint: paint.faint }], rows, '  ');
}

function differenceTable({ differences }: Migration, paint: Paint): string {
  const rows = differences.map(({ operation, setting, from, to }) => [
    operation === undefined ? 'all' : escapeControlCharacters(operation),
    setting,
    valueText(from),
    '->',
    valueText(to),
  ]);
  return table([{}, {}, { paint: paint.bad }, {}, { paint: paint.good }], rows, '  ');
}

/** Text over several lines, each of them printable. */
function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${escapeControlCharacters(line)}`)
    .join('\n');
}
