import type { EffectiveConfig } from '../../config/effective-config.js';
import type { LoadedConfig } from '../../config/load/index.js';
import { BUILT_IN } from '../../config/presets/catalog.js';
import { Check, didYouMean } from '../../input/index.js';
import type { Command } from '../command.js';
import { UsageError } from '../errors.js';
import { resolveFile } from '../files.js';
import { escapeControlCharacters, formatOrigin, formatValue } from '../text/format.js';
import type { Style } from '../text/style.js';
import { formatTable } from '../text/table.js';

/** `holdfast explain` */
export const explain: Command = {
  name: 'explain',
  summary: 'Print the effective settings, and where each one comes from.',
  arguments: [
    { name: 'operation', summary: 'Default: the settings of all operations without their own.', optional: true },
  ],
  options: {
    config: { value: 'file', summary: 'A config: .json, .yaml or .yml.' },
    preset: { value: 'name', summary: 'The preset, which takes precedence over the one in the config.' },
  },
  details: ['HOLDFAST_PRESET and HOLDFAST_CONFIG apply as they do to a service that is started here.'],
  examples: [
    'holdfast explain',
    'holdfast explain chat --config holdfast.yaml',
    'holdfast explain --preset production',
  ],
  run: async (args, { modules, environment, io }) => {
    const operation = args.argument('operation');
    const [file, preset] = [args.value('config'), args.value('preset')];
    if (preset !== undefined) checkPreset(preset);
    const { loadConfig } = await modules.loading();
    const loaded = loadConfig({
      environment: environment(),
      ...(file === undefined ? {} : { file: resolveFile(io.cwd, file) }),
      ...(preset === undefined ? {} : { preset }),
    });
    const effective = loaded.explain(operation);
    return {
      json: toJson(effective, loaded.operations),
      text: (style) => formatSettings(effective, loaded.operations, style),
      notes: [...loaded.warnings, ...findTypo(operation, effective, loaded)],
    };
  },
};

/** @throws {UsageError} if there is no preset of that name: the command line is wrong, and no config is. */
function checkPreset(preset: string): void {
  const check = new Check();
  BUILT_IN.checkPreset(check, '--preset', preset);
  const [issue] = check.issues;
  if (issue !== undefined) throw new UsageError(`There is no preset '${preset}'.`, issue.suggestion ?? issue.message);
}

function toJson(
  { operation, preset, strategy, environment, settings }: EffectiveConfig,
  operations: readonly string[],
) {
  return { operation: operation ?? null, preset, strategy: strategy ?? null, environment, operations, settings };
}

function formatSettings(effective: EffectiveConfig, operations: readonly string[], style: Style): string {
  const { operation, preset, strategy, environment, settings } = effective;
  const { faint, strong } = style;
  const header = [
    ['operation', operation === undefined ? 'all without their own settings' : escapeControlCharacters(operation)],
    ['preset', escapeControlCharacters(preset)],
    ...(strategy === undefined ? [] : [['strategy', escapeControlCharacters(strategy)]]),
    [
      'environment',
      `${environment.environment} (${environment.confidence}): ${escapeControlCharacters(environment.reasoning)}`,
    ],
    ...(operations.length === 0 ? [] : [['configured', operations.map(escapeControlCharacters).join(', ')]]),
  ];
  const rows = Object.entries(settings).map(([path, each]) => [path, formatValue(each.value), formatOrigin(each)]);
  return [
    formatTable([{ style: faint }, { style: strong }], header),
    formatTable([{ title: 'setting' }, { title: 'value', style: strong }, { title: 'from', style: faint }], rows),
  ].join('\n\n');
}

/** Any operation name is valid, but one that is similar to a configured one may be a mistake. */
function findTypo(operation: string | undefined, effective: EffectiveConfig, { operations }: LoadedConfig): string[] {
  if (operation === undefined || operations.includes(operation) || effective.operation !== operation) return [];
  const question = didYouMean(operation, operations);
  return question === undefined ? [] : [`The operation '${operation}' is not configured. ${question}`];
}
