import type { ValidationResult } from '../../config/validation/index.js';
import { ConfigurationError } from '../../errors/index.js';
import type { Command } from '../command.js';
import { resolveFile } from '../files.js';
import type { LazyModules } from '../lazy-modules.js';
import { escapeControlCharacters, formatIssues, formatSuggestions, formatWarnings, pluralize } from '../text/format.js';
import type { Style } from '../text/style.js';

/** `holdfast validate` */
export const validate: Command = {
  name: 'validate',
  summary: 'Check a config, and list everything that is wrong with it.',
  arguments: [{ name: 'file', summary: 'A config: .json, .yaml or .yml.' }],
  options: {},
  details: ['Exits with 1 if the config is not valid. Warnings and suggestions do not change the exit code.'],
  examples: ['holdfast validate holdfast.json', 'holdfast validate holdfast.yaml --json'],
  run: async (args, { modules, io }) => {
    const file = args.required('file');
    const result = await validateFile(resolveFile(io.cwd, file), modules);
    return {
      json: { file, ...result },
      text: (style) => formatResult(file, result, style),
      exitCode: result.valid ? 0 : 1,
    };
  },
};

/** Validates a file. One that is neither JSON nor YAML is not valid either. */
async function validateFile(path: string, modules: LazyModules): Promise<ValidationResult> {
  const [{ readConfigFile }, { validateConfig }] = await Promise.all([modules.loading(), modules.validation()]);
  try {
    return validateConfig(readConfigFile(path));
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    return { valid: false, errors: error.issues, warnings: [], suggestions: [] };
  }
}

function formatResult(file: string, result: ValidationResult, style: Style): string {
  const { valid, errors, warnings, suggestions } = result;
  const counts = [
    ...(errors.length === 0 ? [] : [pluralize(errors.length, 'error')]),
    ...(warnings.length === 0 ? [] : [pluralize(warnings.length, 'warning')]),
  ];
  const verdict = valid ? style.good('valid') : style.bad('not valid');
  return [
    `${escapeControlCharacters(file)}: ${[verdict, ...counts].join(', ')}`,
    formatIssues(errors, style),
    formatWarnings(warnings, style),
    formatSuggestions(suggestions, [...errors, ...warnings]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
