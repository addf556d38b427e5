import { findChanges, type SettingChange } from '../../config/change.js';
import { Configuration } from '../../config/configuration.js';
import { INSTEAD_OF_PRESET } from '../../config/document.js';
import { listPresets } from '../../config/presets/catalog.js';
import { type DetectedEnvironment, detectEnvironment } from '../../environment/index.js';
import { didYouMean } from '../../input/index.js';
import type { Command } from '../command.js';
import { UsageError } from '../errors.js';
import { resolveFile } from '../files.js';
import type { Loading } from '../lazy-modules.js';
import { escapeControlCharacters, formatOrigin, formatValue, pluralize } from '../text/format.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';

const SIDE = 'A config (.json, .yaml, .yml), or the name of a preset.';

/** `holdfast diff` */
export const diff: Command = {
  name: 'diff',
  summary: 'Compare the effective settings of two configs or presets, operation by operation.',
  arguments: [
    { name: 'a', summary: SIDE },
    { name: 'b', summary: SIDE },
  ],
  options: { 'exit-code': { summary: 'Exit with 1 if there is a difference.' } },
  details: [
    'Each side is resolved separately, with its preset and the library defaults, so differently written files can be ' +
      'equal. HOLDFAST_PRESET and HOLDFAST_CONFIG are ignored. A file with the name of a preset needs its folder: ' +
      './production',
  ],
  examples: ['holdfast diff simple production', 'holdfast diff old.yaml new.yaml --exit-code'],
  run: async (args, { modules, environment, io }) => {
    const [a, b] = [args.required('a'), args.required('b')];
    const loading = await modules.loading();
    const detected = detectEnvironment(environment());
    const [from, to] = [resolveSide(a, io.cwd, loading, detected), resolveSide(b, io.cwd, loading, detected)];
    const changes = findChanges(from, to).filter(({ operation }) => !isSameAlias(operation, from, to));
    return {
      json: { a, b, preset: { from: from.preset, to: to.preset }, changes: changes.map(toJson) },
      text: (style) => formatChanges(a, b, changes, style),
      exitCode: args.has('exit-code') && changes.length > 0 ? 1 : 0,
    };
  },
};

function resolveSide(
  side: string,
  cwd: string,
  { readConfigFile }: Loading,
  detected: DetectedEnvironment,
): Configuration {
  const presets = [...Object.keys(INSTEAD_OF_PRESET), ...Object.keys(listPresets())];
  if (presets.includes(side)) return Configuration.resolve(detected, [['code', { preset: side }]]);
  const document = readConfigFile(findFile(side, cwd, presets));
  return Configuration.resolve(detected, [['file', document]], { sources: { file: side } });
}

/** Whether both sides have the same alias, whose differences are those of the operation that it names. */
function isSameAlias(operation: string | undefined, from: Configuration, to: Configuration): boolean {
  if (operation === undefined) return false;
  const alias = from.findAlias(operation);
  return alias !== undefined && alias === to.findAlias(operation);
}

/** The file of a side. A word without a folder or an extension may be a misspelt preset as well. */
function findFile(side: string, cwd: string, presets: readonly string[]): string {
  try {
    return resolveFile(cwd, side);
  } catch (error) {
    if (!(error instanceof UsageError) || /[./\\]/.test(side)) throw error;
    const suggestion = didYouMean(side, presets) ?? `Presets: ${presets.join(', ')}.`;
    throw new UsageError(`'${side}' is neither a file nor a preset.`, suggestion);
  }
}

/** JSON has no `undefined`. */
function toJson({ operation, path, from, to }: SettingChange): object {
  return { operation: operation ?? null, path, from: from ?? null, to: to ?? null };
}

function formatChanges(a: string, b: string, changes: readonly SettingChange[], style: Style): string {
  const head = `${escapeControlCharacters(a)} -> ${escapeControlCharacters(b)}`;
  if (changes.length === 0) return `${head}: no difference`;
  const operations = [...new Set(changes.map(({ operation }) => operation))];
  const parts = operations.map((operation) => {
    const own = changes.filter((change) => change.operation === operation);
    const title =
      operation === undefined ? 'all operations without their own settings' : escapeControlCharacters(operation);
    return `${style.strong(title)}\n${formatChangeTable(own, style)}`;
  });
  return [`${head}: ${pluralize(changes.length, 'difference')}`, ...parts].join('\n\n');
}

function formatChangeTable(changes: readonly SettingChange[], { bad, good, faint }: Style): string {
  const rows = changes.map(({ path, from, to }) => [
    path,
    formatValue(from?.value),
    '->',
    formatValue(to?.value),
    [from, to].map((each) => (each === undefined ? '-' : formatOrigin(each))).join(' -> '),
  ]);
  return formatTable([{}, { style: bad }, {}, { style: good }, { style: faint }], rows, '  ');
}
