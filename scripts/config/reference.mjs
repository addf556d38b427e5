import { code, grouped, table } from './markdown.mjs';

/** @typedef {import('../../src/config/json-schema.js').JsonSchema} JsonSchema */

/** The parts that have a table each, in this order, and how their paths begin. */
const PARTS = [
  { part: 'settings', heading: 'Settings', prefix: '' },
  { part: 'retry', heading: '`retry`', prefix: 'retry.' },
  { part: 'kinds', heading: '`retry.kinds`', prefix: 'retry.kinds.' },
  { part: 'kind', heading: 'One kind of `retry.kinds`', prefix: 'retry.kinds.*.' },
  { part: 'budget', heading: '`retry.budget`', prefix: 'retry.budget.' },
  { part: 'hedge', heading: '`hedge`', prefix: 'hedge.' },
  { part: 'quota', heading: '`quota`', prefix: 'quota.' },
  { part: 'pacing', heading: '`pacing`', prefix: 'pacing.' },
  { part: 'concurrency', heading: '`concurrency`', prefix: 'concurrency.' },
  { part: 'adaptive', heading: '`concurrency.adaptive`', prefix: 'concurrency.adaptive.' },
  { part: 'breaker', heading: '`breaker`', prefix: 'breaker.' },
  { part: 'trip', heading: '`breaker.trip`', prefix: 'breaker.trip.' },
];

const TYPES = new Map([
  ['integer', 'whole number'],
  ['boolean', '`true`, `false`'],
  ['array', 'words'],
]);

const HEAD = ['Path', 'Type', 'Range', 'Default', 'Meaning'];

/**
 * The tables of every field.
 *
 * @param {JsonSchema} schema with units and derived defaults apart
 */
export function referenceTables(schema) {
  const { settings, operation } = schema.definitions ?? {};
  const ofSettings = Object.keys(fieldsOf(settings));
  const own = Object.entries(fieldsOf(operation)).filter(([name]) => !ofSettings.includes(name));
  return {
    document: rowsOf('', Object.entries(fieldsOf(schema))),
    operation: rowsOf('operations.*.', own),
    parts: PARTS.map(({ part, heading, prefix }) => sectionOf(schema.definitions?.[part], heading, prefix)).join(
      '\n\n',
    ),
  };
}

/**
 * @param {JsonSchema | boolean | undefined} part
 * @param {string} heading
 * @param {string} prefix
 */
function sectionOf(part, heading, prefix) {
  const description = typeof part === 'object' ? (part.description ?? '') : '';
  return `## ${heading}\n\n${description}\n\n${rowsOf(prefix, Object.entries(fieldsOf(part)))}`;
}

/**
 * @param {JsonSchema | boolean | undefined} part
 * @returns {Readonly<Record<string, JsonSchema>>}
 */
function fieldsOf(part) {
  if (typeof part !== 'object' || part.properties === undefined) throw new Error('a part without fields');
  /** @type {Record<string, JsonSchema>} */
  const fields = {};
  for (const [name, field] of Object.entries(part.properties)) if (typeof field === 'object') fields[name] = field;
  return fields;
}

/**
 * @param {string} prefix
 * @param {readonly (readonly [string, JsonSchema])[]} fields
 */
function rowsOf(prefix, fields) {
  const rows = fields.map(([name, field]) => {
    const options = optionsOf(field);
    const range = options.map(rangeOf).find((words) => words !== '') ?? '';
    return [`\`${prefix}${name}\``, typeOf(options, field['unit']), range, defaultOf(field), field.description ?? ''];
  });
  return table(HEAD, rows);
}

/**
 * The values of a field: all options of a choice.
 *
 * @param {JsonSchema} field
 * @returns {readonly JsonSchema[]}
 */
function optionsOf(field) {
  return field.anyOf?.flatMap((option) => (typeof option === 'object' ? [option] : [])) ?? [field];
}

/**
 * @param {readonly JsonSchema[]} options
 * @param {unknown} unit
 */
function typeOf(options, unit) {
  return [...new Set(options.map((option) => wordFor(option, unit)))].join(', ');
}

/**
 * @param {JsonSchema} option
 * @param {unknown} unit
 */
function wordFor({ const: only, enum: words, $ref, allOf, type }, unit) {
  if (only === false) return '`false`';
  if ($ref !== undefined || allOf !== undefined) return 'object';
  if (words !== undefined) return 'word';
  if (type === 'number' && unit === 'milliseconds') return 'ms';
  return TYPES.get(String(type)) ?? String(type);
}

/** @param {JsonSchema} option */
function rangeOf({ enum: ownWords, items, minimum, exclusiveMinimum, maximum, minLength, maxLength }) {
  const words = ownWords ?? (typeof items === 'object' && items !== null && 'enum' in items ? items.enum : undefined);
  if (Array.isArray(words)) return words.map((word) => `\`${word}\``).join(', ');
  if (maxLength !== undefined) return `${minLength} to ${maxLength} characters`;
  if (maximum === undefined) return '';
  const lowest = exclusiveMinimum === undefined ? grouped(minimum) : `above ${grouped(exclusiveMinimum)}`;
  return `${lowest} to ${grouped(maximum)}`;
}

/** @param {JsonSchema} field */
function defaultOf({ default: value, derived }) {
  if (typeof derived === 'string') return derived;
  return value === undefined ? '' : code(value);
}
