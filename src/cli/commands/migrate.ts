import { parseEnv } from 'node:util';
import { isObject } from '../../input/index.js';
import type { Migration, MigrationDifference, MigrationSource } from '../../migrate/index.js';
import type { CliIo, Command } from '../command.js';
import { UsageError } from '../errors.js';
import { parseJsonObject, readText } from '../files.js';
import type { ParsedArgs } from '../parse-args.js';
import { escapeControlCharacters, formatValue } from '../text/format.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';

/** `holdfast migrate` */
export const migrate: Command = {
  name: 'migrate',
  summary: 'Turn legacy variables, or options of other libraries, into a config.',
  arguments: [],
  options: {
    from: {
      value: 'source',
      choices: ['env', 'opossum', 'cockatiel', 'p-retry'],
      summary: 'What is migrated. Default env: the legacy variables.',
    },
    file: { value: 'file', summary: 'Options as JSON; for env, variables as JSON or as a .env file.' },
    format: {
      value: 'format',
      choices: ['bash', 'env', 'docker', 'json'],
      summary: 'Print only what to put in place. Default: a report.',
    },
  },
  details: [
    'Without --file, env reads the variables of the process. Only the legacy variables are read. --format json is the ' +
      'config alone; --json is the whole result.',
  ],
  examples: [
    'holdfast migrate',
    'holdfast migrate --file .env --format env',
    'holdfast migrate --from opossum --file options.json --format json > holdfast.json',
  ],
  run: async (args, { modules, io }) => {
    const source = readSource(args, io);
    const migration = (await modules.migration()).migrate(source);
    const format = args.value('format');
    if (format === undefined) return { json: migration, text: (style) => formatReport(migration, style) };
    const notes = migration.warnings.map((warning) => `warning: ${warning}`);
    return { json: migration, text: () => buildOutput(migration, format), notes };
  },
};

function readSource(args: ParsedArgs, io: Pick<CliIo, 'env' | 'cwd'>): MigrationSource {
  const from = args.value('from') ?? 'env';
  const file = args.value('file');
  if (from === 'env') return { env: file === undefined ? io.env : parseVariables(file, readText(io.cwd, file)) };
  if (file === undefined) throw new UsageError(`--from ${from} needs --file, the options as JSON.`);
  const options = parseJsonObject(file, readText(io.cwd, file));
  if (from === 'opossum') return { opossum: options };
  return from === 'cockatiel' ? { cockatiel: options } : { pRetry: options };
}

function parseVariables(file: string, text: string): Readonly<Record<string, string>> {
  // No line of a .env file begins like this, so it is JSON, even if it is a list by mistake.
  const variables = /^\s*[[{]/.test(text) ? parseJsonObject(file, text) : parseEnv(text);
  // JSON may hold the number 3 for a variable whose text is "3", or a config for one whose text is JSON.
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, isObject(value) ? JSON.stringify(value) : String(value)]),
  );
}

function buildOutput({ scripts }: Migration, format: string): string {
  return scripts[format === 'bash' || format === 'docker' || format === 'json' ? format : 'env'].trimEnd();
}

function formatReport(migration: Migration, style: Style): string {
  const { preset, confidence, level, reasons, warnings, differences, changes, steps, scripts } = migration;
  const name = escapeControlCharacters(preset);
  return [
    `${style.strong(`preset ${name}`)}, confidence ${confidence.toFixed(2)} (${level})`,
    formatLines(reasons),
    warnings.map((warning) => `${style.warning('warning')}: ${escapeControlCharacters(warning)}`).join('\n'),
    formatSection('Config', formatLines(scripts.json.trimEnd().split('\n')), style),
    formatSection('Options', formatNotes(migration, style), style),
    formatSection(
      preset === 'none' ? 'Differences from the defaults' : `Differences from the preset ${name}`,
      formatDifferences(differences, style),
      style,
    ),
    formatSection('Differences from what the old settings did', formatDifferences(changes, style), style),
    formatSection('Steps', formatLines(steps.map((step, index) => `${index + 1}. ${step}`)), style),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function formatSection(title: string, body: string, { strong }: Style): string {
  return body === '' ? '' : `${strong(`${title}:`)}\n${body}`;
}

function formatLines(lines: readonly string[]): string {
  return lines.map((line) => `  ${escapeControlCharacters(line)}`).join('\n');
}

function formatNotes({ notes }: Migration, { strong, faint }: Style): string {
  const rows = notes.map(({ option, received, outcome, to = '-', why }) =>
    [option, received, outcome, to, why].map(escapeControlCharacters),
  );
  return formatTable([{}, {}, { style: strong }, {}, { style: faint }], rows, '  ');
}

function formatDifferences(differences: readonly MigrationDifference[], { bad, good }: Style): string {
  const rows = differences.map(({ operation, setting, from, to }) => [
    operation === undefined ? 'all' : escapeControlCharacters(operation),
    setting,
    formatValue(from),
    '->',
    formatValue(to),
  ]);
  return formatTable([{}, {}, { style: bad }, {}, { style: good }], rows, '  ');
}
