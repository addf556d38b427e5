import { configJsonSchema, type JsonSchema } from 'holdfast/config/schema';
import type { Subpath } from '../../scripts/api/model.mjs';
import { ROOT } from '../../scripts/pack.mjs';
import { readDocument } from './documents.js';

/** A default that the code has, by the path of its setting or option. */
export interface KnownDefault {
  readonly path: string;
  readonly value: string;
}

/** The defaults that the settings are declared with, under the part that they are in: `trip.windowMs`. */
export function declaredDefaults(): readonly KnownDefault[] {
  const { definitions = {} } = configJsonSchema();
  return Object.entries(definitions).flatMap(([part, schema]) =>
    Object.entries(fieldsOf(schema)).flatMap(([name, field]) =>
      typeof field === 'boolean' || field.default === undefined
        ? []
        : [{ path: `${part}.${name}`, value: normalise(field.default) }],
    ),
  );
}

/** The defaults that the JSDoc of options names, under their type: `RetryOptions.deadlineMs`. */
export function documentedDefaults(api: readonly Subpath[]): readonly KnownDefault[] {
  return api
    .flatMap(({ declarations }) => declarations)
    .flatMap(({ name: owner, fields }) =>
      fields.flatMap(({ name, byDefault }) => {
        const value = readLiteral(byDefault);
        return value === undefined ? [] : [{ path: `${owner}.${name}`, value }];
      }),
    );
}

/**
 * Defaults in the tables of a document that are not those of the code. Tables of other libraries, which say what an
 * option becomes, do not count, nor do defaults in words.
 */
export function findWrongDefaults(
  document: string,
  known: readonly KnownDefault[],
  root: string = ROOT,
): readonly string[] {
  return listTables(readDocument(document, root)).flatMap(([head = [], ...rows]) => {
    const column = head.indexOf('Default');
    if (column < 1 || head.includes('Becomes')) return [];
    return rows.flatMap((row) => {
      const names = [...(row[0] ?? '').matchAll(/`([\w.]+)[^`]*`/g)].map(([, name = '']) => name);
      const values = (row[column] ?? '').split(/(?<=`), (?=`)/);
      return names.flatMap((name, index) => {
        const written = readLiteral(values[values.length === names.length ? index : 0] ?? '');
        const candidates = known.filter(({ path }) => isSame(path, name)).map(({ value }) => value);
        if (written === undefined || candidates.length === 0 || candidates.includes(written)) return [];
        return [`${document}: the default of ${name} is ${candidates.join(' or ')}, not ${written}`];
      });
    });
  });
}

/** Whether the path of a table, such as `windowMs` or `breaker.trip.windowMs`, means a path of the code. */
function isSame(path: string, name: string): boolean {
  return path === name || path.endsWith(`.${name}`) || name.endsWith(`.${path}`);
}

/** The value that a text begins with, if it is one: `30 000, or more`, `'full'` in backticks, `{ burst: 1 }` in backticks. */
function readLiteral(text: string): string | undefined {
  const [, code] = /^`([^`]+)`/.exec(text) ?? [];
  if (code !== undefined) return normalise(code);
  const [number] = /^\d+(?:[,_ ]\d{3}(?!\d))*(?:\.\d+)?/.exec(text) ?? [];
  return number === undefined ? undefined : normalise(number);
}

function normalise(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.replaceAll(/["'\s]|(?<=\d)[_,](?=\d)/g, '');
}

function fieldsOf(schema: JsonSchema | boolean): Readonly<Record<string, JsonSchema | boolean>> {
  return typeof schema === 'boolean' ? {} : (schema.properties ?? {});
}

/** The tables of a document: rows of cells, the head first. */
function listTables(text: string): readonly (readonly (readonly string[])[])[] {
  return [...text.matchAll(/(?:^\|.+\|\n?)+/gm)].map(([table]) =>
    table
      .trim()
      .split('\n')
      .filter((row) => !/^\|[\s|:-]+\|$/.test(row))
      .map((row) =>
        row
          .slice(1, -1)
          .split(/(?<!\\)\|/)
          .map((cell) => cell.trim()),
      ),
  );
}
