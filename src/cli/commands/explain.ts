import type { EffectiveConfig } from '../../config/effective-config.js';
import type { Setting } from '../../config/layers.js';
import type { LoadedConfig } from '../../config/load/index.js';
import { didYouMean } from '../../input/index.js';
import type { Command } from '../command.js';
import { fileAt } from '../files.js';
import { originText } from '../text/origin.js';
import type { Paint } from '../text/paint.js';
import { escapeControlCharacters, valueText } from '../text/printable.js';
import { table } from '../text/table.js';

/** `holdfast explain` */
export const explain: Command = {
  name: 'explain',
  summary: 'Print the settings in force, and where each one comes from.',
  arguments: [
    { name: 'operation', summary: 'Default: the settings of all operations that nobody names.', optional: true },
  ],
  options: {
    config: { value: 'file', summary: 'A config: .json, .yaml or .yml.' },
    preset: { value: 'name', summary: 'The preset, stronger than what the config names.' },
  },
  details: ['HOLDFAST_PRESET and HOLDFAST_CONFIG count as they do for a service that is started here.'],
  examples: [
    'holdfast explain',
    'holdfast explain chat --config holdfast.yaml',
    'holdfast explain --preset production',
  ],
  run: async (given, { doors, environment, host }) => {
    const operation = given.argument('operation');
    const [file, preset] = [given.value('config'), given.value('preset')];
    const { loadConfig } = await doors.loading();
    const loaded = loadConfig({
      environment: environment(),
      ...(file === undefined ? {} : { file: fileAt(host.cwd, file) }),
      ...(preset === undefined ? {} : { preset }),
    });
    const effective = loaded.explain(operation);
    return {
      json: jsonOf(effective, loaded.operations),
      text: (paint) => textFor(effective, loaded.operations, paint),
      notes: [...loaded.warnings, ...notesFor(operation, effective, loaded)],
    };
  },
};

function jsonOf(
  { operation, preset, strategy, environment, settings }: EffectiveConfig,
  operations: readonly string[],
) {
  return { operation: operation ?? null, preset, strategy: strategy ?? null, environment, operations, settings };
}

function textFor(effective: EffectiveConfig, operations: readonly string[], paint: Paint): string {
  const { operation, preset, strategy, environment, settings } = effective;
  const head = [
    ['operation', operation === undefined ? 'all that nobody names' : escapeControlCharacters(operation)],
    ['preset', escapeControlCharacters(preset)],
    ...(strategy === undefined ? [] : [['strategy', escapeControlCharacters(strategy)]]),
    [
      'environment',
      `${environment.environment} (${environment.confidence}): ${escapeControlCharacters(environment.reasoning)}`,
    ],
    ...(operations.length === 0 ? [] : [['named', operations.map(escapeControlCharacters).join(', ')]]),
  ];
  const rows = Object.entries(settings).map(([path, setting]) => [path, ...settingCells(setting)]);
  return [
    table([{ paint: paint.faint }, { paint: paint.strong }], head),
    table([{ title: 'setting' }, { title: 'value', paint: paint.strong }, { title: 'from', paint: paint.faint }], rows),
  ].join('\n\n');
}

function settingCells(setting: Setting): string[] {
  return [valueText(setting.value), originText(setting)];
}

/** Operation names are free, so one that nobody names is no mistake; one that is nearly named may be. */
function notesFor(operation: string | undefined, effective: EffectiveConfig, { operations }: LoadedConfig): string[] {
  if (operation === undefined || operations.includes(operation) || effective.operation !== operation) return [];
  const question = didYouMean(operation, operations);
  return question === undefined ? [] : [`No config names the operation '${operation}'. ${question}`];
}
