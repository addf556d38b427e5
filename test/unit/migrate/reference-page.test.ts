import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/migrate/index.js';
import { LEGACY_VARIABLES } from '../../../src/migrate/legacy.js';
import { issuesOf } from '../../support/breaker-steps.js';

const PAGE = readFileSync(new URL('../../../docs/reference/migrate.md', import.meta.url), 'utf8');

describe('docs/reference/migrate.md', () => {
  it.each(LEGACY_VARIABLES)('has a row for %s', (variable) => {
    expect(rowsOf('The legacy variables')).toContainEqual(expect.stringContaining(`\`${variable}\``));
  });

  it.each([
    ...optionsOf('opossum').map((option) => ['From opossum', option] as const),
    ...optionsOf('pRetry').map((option) => ['From p-retry', option] as const),
    ...optionsOf('cockatiel').map((option) => ['From cockatiel', option] as const),
  ])('has, under "%s", a row for %s', (heading, option) => {
    expect(rowsOf(heading)).toContainEqual(expect.stringMatching(new RegExp(`\`${option}[.\`]`)));
  });
});

/** The first cells of the tables of a section. */
function rowsOf(heading: string): string[] {
  const [, part = ''] = PAGE.split(`\n## ${heading}\n`);
  const [own = ''] = part.split('\n## ');
  return own
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|')[1] ?? '');
}

/** All options that a source may have, as the refusal of an unknown one lists them. */
function optionsOf(source: string): string[] {
  const [issue] = issuesOf(() => Reflect.apply(migrate, undefined, [{ [source]: { '?': 1 } }]));
  return issue?.message.split('expected one of ')[1]?.split(', ') ?? [];
}
