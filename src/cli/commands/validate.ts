import type { ValidationResult } from '../../config/validation/validation.js';
import { ConfigurationError } from '../../errors/index.js';
import type { Command, Surroundings } from '../command.js';
import { fileAt } from '../files.js';
import { counted } from '../text/counted.js';
import { issueLines, remarkLines, suggestionLines } from '../text/issues.js';
import type { Paint } from '../text/paint.js';
import { escapeControlCharacters } from '../text/printable.js';

/** `holdfast validate` */
export const validate: Command = {
  name: 'validate',
  summary: 'Check a config, and say all that is wrong with it at once.',
  arguments: [{ name: 'file', summary: 'A config: .json, .yaml or .yml.' }],
  options: {},
  details: ['Ends with 1 when it is not valid. Warnings and suggestions are no reason for that.'],
  examples: ['holdfast validate holdfast.json', 'holdfast validate holdfast.yaml --json'],
  run: async (given, surroundings) => {
    const file = given.required('file');
    const result = await resultFor(fileAt(surroundings.host.cwd, file), surroundings);
    return {
      json: { file, ...result },
      text: (paint) => textFor(file, result, paint),
      exitCode: result.valid ? 0 : 1,
    };
  },
};

/** A file that is no JSON or YAML at all is as little valid as one that says something wrong. */
async function resultFor(path: string, { doors }: Surroundings): Promise<ValidationResult> {
  const [{ readConfigFile }, { validateConfig }] = await Promise.all([doors.loading(), doors.validation()]);
  try {
    return validateConfig(readConfigFile(path));
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    return { valid: false, errors: error.issues, warnings: [], suggestions: [] };
  }
}

function textFor(file: string, result: ValidationResult, paint: Paint): string {
  const { valid, errors, warnings, suggestions } = result;
  const found = [
    ...(errors.length === 0 ? [] : [counted(errors.length, 'error')]),
    ...(warnings.length === 0 ? [] : [counted(warnings.length, 'warning')]),
  ];
  const verdict = valid ? paint.good('valid') : paint.bad('not valid');
  return [
    `${escapeControlCharacters(file)}: ${[verdict, ...found].join(', ')}`,
    issueLines(errors, paint),
    remarkLines(warnings, paint),
    suggestionLines(suggestions, [...errors, ...warnings]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
