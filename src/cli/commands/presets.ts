import { flatten } from '../../config/flatten.js';
import { BUILT_IN, listPresets, listStrategies } from '../../config/presets/catalog.js';
import type { Preset } from '../../config/presets/presets.js';
import type { Strategy } from '../../config/presets/strategies.js';
import { didYouMean } from '../../input/index.js';
import type { Command, Outcome } from '../command.js';
import type { Paint } from '../text/paint.js';
import { valueText } from '../text/printable.js';
import { table } from '../text/table.js';
import { UsageError } from '../usage-error.js';

/** `holdfast presets` */
export const presets: Command = {
  name: 'presets',
  summary: 'List presets and strategies, or every number of one.',
  arguments: [
    { name: 'name', summary: 'A preset or a strategy. Default: all, without their numbers.', optional: true },
  ],
  options: {},
  details: [],
  examples: ['holdfast presets', 'holdfast presets production', 'holdfast presets critical --json'],
  run: (given) => {
    const name = given.argument('name');
    if (name === undefined) return all();
    const preset = BUILT_IN.findPreset(name);
    if (preset !== undefined) return ofPreset(name, preset);
    const strategy = BUILT_IN.findStrategy(name);
    if (strategy !== undefined) return ofStrategy(name, strategy);
    const names = [...Object.keys(listPresets()), ...Object.keys(listStrategies())];
    const suggestion = didYouMean(name, names) ?? `There are: ${names.join(', ')}.`;
    throw new UsageError(`There is no preset or strategy '${name}'.`, suggestion);
  },
};

function all(): Outcome {
  const [known, strategies] = [listPresets(), listStrategies()];
  const presetRows = Object.entries(known).map(([name, { strategy, environments, description }]) => [
    name,
    strategy,
    environments.join(', '),
    description,
  ]);
  const strategyRows = Object.entries(strategies).map(([name, { description }]) => [name, description]);
  return {
    json: { presets: known, strategies },
    text: ({ strong }) =>
      [
        table([{ title: 'preset', paint: strong }, { title: 'manner' }, { title: 'meant for' }, {}], presetRows),
        table([{ title: 'strategy', paint: strong }, {}], strategyRows),
      ].join('\n\n'),
  };
}

function ofPreset(name: string, preset: Preset): Outcome {
  const { description, strategy, environments, settings, operations } = preset;
  const operationRows = Object.entries(operations).map(([operation, own]) => [operation, ...saidOf(own)]);
  return {
    json: { name, ...preset },
    text: (paint) =>
      [
        `${paint.strong(name)}: ${description}`,
        `manner ${strategy}; meant for ${environments.join(', ')}`,
        settingsTable(settings, paint),
        ...(operationRows.length === 0
          ? []
          : [table([{ title: 'operation', paint: paint.strong }, {}], operationRows)]),
      ].join('\n\n'),
  };
}

function ofStrategy(name: string, strategy: Strategy): Outcome {
  return {
    json: { name, ...strategy },
    text: (paint) =>
      [`${paint.strong(name)}: ${strategy.description}`, settingsTable(strategy.settings, paint)].join('\n\n'),
  };
}

function settingsTable(settings: object, paint: Paint): string {
  const rows = saidIn(settings).map(([path, value]) => [path, valueText(value)]);
  return table([{ title: 'setting' }, { title: 'value', paint: paint.strong }], rows);
}

/** What an operation of a preset has of its own, in one cell. */
function saidOf(own: object): string[] {
  return [
    saidIn(own)
      .map(([path, value]) => `${path} ${valueText(value)}`)
      .join(', '),
  ];
}

/** Settings by their paths, but for those that only say that a part is on. */
function saidIn(settings: object): (readonly [string, unknown])[] {
  return [...flatten(settings)].filter(([, value]) => value !== true);
}
