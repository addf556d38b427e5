import { changesBetween, type SettingChange } from '../../config/change.js';
import { Configuration } from '../../config/configuration.js';
import { INSTEAD_OF_PRESET } from '../../config/document.js';
import { listPresets } from '../../config/presets/catalog.js';
import { type DetectedEnvironment, detectEnvironment } from '../../environment/index.js';
import { didYouMean } from '../../input/index.js';
import type { Command } from '../command.js';
import type { Loading } from '../doors.js';
import { fileAt } from '../files.js';
import { counted } from '../text/counted.js';
import { originText } from '../text/origin.js';
import type { Paint } from '../text/paint.js';
import { escapeControlCharacters, valueText } from '../text/printable.js';
import { table } from '../text/table.js';
import { UsageError } from '../usage-error.js';

const SIDE = 'A config (.json, .yaml, .yml), or the name of a preset.';

/** `holdfast diff` */
export const diff: Command = {
  name: 'diff',
  summary: 'Print what is different in effect between two configs or presets, operation by operation.',
  arguments: [
    { name: 'a', summary: SIDE },
    { name: 'b', summary: SIDE },
  ],
  options: { 'exit-code': { summary: 'End with 1 when there is a difference.' } },
  details: [
    'Each side is taken for itself, with the preset that it names and the defaults of the library: two files that are ' +
      'written in different ways can come to the same. HOLDFAST_PRESET and HOLDFAST_CONFIG do not count. ' +
      'A file that has the name of a preset is written with its folder: ./production',
  ],
  examples: ['holdfast diff simple production', 'holdfast diff old.yaml new.yaml --exit-code'],
  run: async (given, { doors, environment, host }) => {
    const [a, b] = [given.required('a'), given.required('b')];
    const loading = await doors.loading();
    const detected = detectEnvironment(environment());
    const [from, to] = [sideOf(a, host.cwd, loading, detected), sideOf(b, host.cwd, loading, detected)];
    const changes = changesBetween(from, to).filter(({ operation }) => !isOtherName(operation, from, to));
    return {
      json: { a, b, preset: { from: from.preset, to: to.preset }, changes: changes.map(forMachines) },
      text: (paint) => textFor(a, b, changes, paint),
      exitCode: given.has('exit-code') && changes.length > 0 ? 1 : 0,
    };
  },
};

function sideOf(side: string, cwd: string, { readConfigFile }: Loading, detected: DetectedEnvironment): Configuration {
  const presets = [...Object.keys(INSTEAD_OF_PRESET), ...Object.keys(listPresets())];
  if (presets.includes(side)) return Configuration.resolve(detected, [['code', { preset: side }]]);
  const document = readConfigFile(fileOrPreset(side, cwd, presets));
  return Configuration.resolve(detected, [['file', document]], { sources: { file: side } });
}

/** Whether it is only another name of an operation, whose differences are told by its own. */
function isOtherName(operation: string | undefined, from: Configuration, to: Configuration): boolean {
  if (operation === undefined) return false;
  const alias = from.aliasOf(operation);
  return alias !== undefined && alias === to.aliasOf(operation);
}

/** A word without a folder or an ending could have been meant for either. */
function fileOrPreset(side: string, cwd: string, presets: readonly string[]): string {
  try {
    return fileAt(cwd, side);
  } catch (error) {
    if (!(error instanceof UsageError) || /[./\\]/.test(side)) throw error;
    const suggestion = didYouMean(side, presets) ?? `Presets are: ${presets.join(', ')}.`;
    throw new UsageError(`'${side}' is neither a file nor a preset.`, suggestion);
  }
}

/** JSON has no `undefined`. */
function forMachines({ operation, path, from, to }: SettingChange): object {
  return { operation: operation ?? null, path, from: from ?? null, to: to ?? null };
}

function textFor(a: string, b: string, changes: readonly SettingChange[], paint: Paint): string {
  const head = `${escapeControlCharacters(a)} -> ${escapeControlCharacters(b)}`;
  if (changes.length === 0) return `${head}: no difference`;
  const operations = [...new Set(changes.map(({ operation }) => operation))];
  const parts = operations.map((operation) => {
    const own = changes.filter((change) => change.operation === operation);
    const title = operation === undefined ? 'all operations that nobody names' : escapeControlCharacters(operation);
    return `${paint.strong(title)}\n${changeTable(own, paint)}`;
  });
  return [`${head}: ${counted(changes.length, 'difference')}`, ...parts].join('\n\n');
}

function changeTable(changes: readonly SettingChange[], paint: Paint): string {
  const rows = changes.map(({ path, from, to }) => [
    path,
    valueText(from?.value),
    '->',
    valueText(to?.value),
    [from, to].map((each) => (each === undefined ? '-' : originText(each))).join(' -> '),
  ]);
  return table([{}, { paint: paint.bad }, {}, { paint: paint.good }, { paint: paint.faint }], rows, '  ');
}
