import type { Migration } from '../../config/migration/migration.js';
import type { Paint } from './paint.js';
import { printable, valueText } from './printable.js';
import { table } from './table.js';

/** A migration for people: what it comes to, why, and what there is to do. */
export function migrationText(migration: Migration, paint: Paint): string {
  const { config, preset, confidence, level, reasons, warnings, steps } = migration;
  return [
    `${paint.strong(`preset ${printable(preset)}`)}, confidence ${confidence.toFixed(2)} (${level})`,
    reasons.map((reason) => `  ${printable(reason)}`).join('\n'),
    warnings.map((warning) => `${paint.doubtful('warning')}: ${printable(warning)}`).join('\n'),
    titled('Config', indented(JSON.stringify(config, undefined, 2)), paint),
    titled('What became of each option', noteTable(migration, paint), paint),
    titled(`Other than in the preset ${printable(preset)}`, differenceTable(migration, paint), paint),
    titled('What to do', steps.map((step, index) => `  ${index + 1}. ${printable(step)}`).join('\n'), paint),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function titled(title: string, body: string, paint: Paint): string {
  return body === '' ? '' : `${paint.strong(`${title}:`)}\n${body}`;
}

function noteTable({ notes }: Migration, paint: Paint): string {
  const rows = notes.map(({ option, received, outcome, to, why }) => [
    printable(option),
    printable(received),
    outcome,
    to === undefined ? '-' : printable(to),
    printable(why),
  ]);
  return table([{}, {}, { paint: paint.strong }, {}, { paint: paint.faint }], rows, '  ');
}

function differenceTable({ differences }: Migration, paint: Paint): string {
  const rows = differences.map(({ operation, setting, from, to }) => [
    operation === undefined ? 'all' : printable(operation),
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
    .map((line) => `  ${printable(line)}`)
    .join('\n');
}
