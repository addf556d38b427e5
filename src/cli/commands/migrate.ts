import { parseEnv } from 'node:util';
import type { Migration, MigrationSource } from '../../migrate/index.js';
import type { Command } from '../command.js';
import { objectIn, textOf } from '../files.js';
import type { Given } from '../given.js';
import type { Host } from '../host.js';
import { migrationText } from '../text/migration.js';
import { UsageError } from '../usage-error.js';

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
    'Without --file, env is read from the variables that are set where holdfast is started. Of variables only the ' +
      'legacy ones are looked at. --format json is the config by itself; --json is all that there is to say.',
  ],
  examples: [
    'holdfast migrate',
    'holdfast migrate --file .env --format env',
    'holdfast migrate --from opossum --file options.json --format json > holdfast.json',
  ],
  run: async (given, { doors, host }) => {
    const source = sourceOf(given, host);
    const migration = (await doors.migration()).migrate(source);
    const format = given.value('format');
    if (format === undefined) return { json: migration, text: (paint) => migrationText(migration, paint) };
    return { json: migration, text: () => inFormat(migration, format), notes: migration.warnings.map(asWarning) };
  },
};

function sourceOf(given: Given, host: Pick<Host, 'env' | 'cwd'>): MigrationSource {
  const from = given.value('from') ?? 'env';
  const file = given.value('file');
  if (from === 'env') return { env: file === undefined ? host.env : variablesIn(file, textOf(host.cwd, file)) };
  if (file === undefined) throw new UsageError(`--from ${from} needs --file, the options as JSON.`);
  const options = objectIn(file, textOf(host.cwd, file));
  if (from === 'opossum') return { opossum: options };
  return from === 'cockatiel' ? { cockatiel: options } : { pRetry: options };
}

function variablesIn(file: string, text: string): Readonly<Record<string, string>> {
  if (!text.trimStart().startsWith('{')) return variables(parseEnv(text));
  return variables(objectIn(file, text));
}

/** JSON may have `3` where a variable has `"3"`. */
function variables(object: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, String(value)]));
}

function inFormat({ config, scripts }: Migration, format: string): string {
  const text = format === 'json' ? JSON.stringify(config, undefined, 2) : scripts[formatOf(format)];
  return text.trimEnd();
}

function formatOf(format: string): keyof Migration['scripts'] {
  return format === 'bash' || format === 'docker' ? format : 'env';
}

function asWarning(warning: string): string {
  return `warning: ${warning}`;
}
