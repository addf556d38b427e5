import { flatten } from '../../config/flatten.js';
import { BUILT_IN, listPresets, listStrategies } from '../../config/presets/catalog.js';
import type { Preset } from '../../config/presets/presets.js';
import type { Strategy } from '../../config/presets/strategies.js';
import { didYouMean } from '../../input/index.js';
import type { Command, Outcome } from '../command.js';
import { UsageError } from '../errors.js';
import { formatValue } from '../text/format.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';

/** `holdfast presets` */
export const presets: Command = {
  name: 'presets',
  summary: 'List presets and strategies, or the settings of one.',
  arguments: [
    { name: 'name', summary: 'A preset or a strategy. Default: all of them, without their settings.', optional: true },
  ],
  options: {},
  details: [],
  examples: ['holdfast presets', 'holdfast presets production', 'holdfast presets critical --json'],
  run: (args) => {
    const name = args.argument('name');
    if (name === undefined) return listAll();
    const preset = BUILT_IN.findPreset(name);
    if (preset !== undefined) return showPreset(name, preset);
    const strategy = BUILT_IN.findStrategy(name);
    if (strategy !== undefined) return showStrategy(name, strategy);
    const names = [...Object.keys(listPresets()), ...Object.keys(listStrategies())];
    const suggestion = didYouMean(name, names) ?? `Expected one of ${names.join(', ')}.`;
    throw new UsageError(`There is no preset or strategy '${name}'.`, suggestion);
  },
};

function listAll(): Outcome {
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
        formatTable(
          [{ title: 'preset', style: strong }, { title: 'strategy' }, { title: 'meant for' }, {}],
          presetRows,
        ),
        formatTable([{ title: 'strategy', style: strong }, {}], strategyRows),
      ].join('\n\n'),
  };
}

function showPreset(name: string, preset: Preset): Outcome {
  const { description, strategy, environments, settings, operations } = preset;
  const operationRows = Object.entries(operations).map(([operation, own]) => [operation, describeOperation(own)]);
  return {
    json: { name, ...preset },
    text: (style) =>
      [
        `${style.strong(name)}: ${description}`,
        `strategy ${strategy}; meant for ${environments.join(', ')}`,
        formatSettings(settings, style),
        ...(operationRows.length === 0
          ? []
          : [formatTable([{ title: 'operation', style: style.strong }, {}], operationRows)]),
      ].join('\n\n'),
  };
}

function showStrategy(name: string, strategy: Strategy): Outcome {
  return {
    json: { name, ...strategy },
    text: (style) =>
      [`${style.strong(name)}: ${strategy.description}`, formatSettings(strategy.settings, style)].join('\n\n'),
  };
}

function formatSettings(settings: object, { strong }: Style): string {
  const rows = listValues(settings).map(([path, value]) => [path, formatValue(value)]);
  return formatTable([{ title: 'setting' }, { title: 'value', style: strong }], rows);
}

/** The settings that a preset has for one operation, in one cell. */
function describeOperation(own: object): string {
  return listValues(own)
    .map(([path, value]) => `${path} ${formatValue(value)}`)
    .join(', ');
}

/** Settings by their paths, without those that only switch a stage on. */
function listValues(settings: object): (readonly [string, unknown])[] {
  return [...flatten(settings)].filter(([, value]) => value !== true);
}
