import { describe, expect, it } from 'vitest';
import { parseClientRateLimitOptions } from '../../../src/admin/client-rate-limit.js';
import { FORBIDDEN_PATTERNS, SECURITY_LIMITS } from '../../../src/config/security/index.js';
import { findForbidden } from '../../../src/config/security/patterns.js';
import { SETTING_PATHS } from '../../../src/config/settings.js';
import { AUDIT_OPTIONS } from '../../../src/telemetry/audit.js';
import { USAGE_OPTIONS } from '../../../src/telemetry/config-usage.js';
import { USAGE_THRESHOLDS } from '../../../src/telemetry/usage-alerts.js';
import { readDocument } from '../../package/documents.js';

/** The cells of every row of every table. */
function rowsOf(page: string): readonly (readonly string[])[] {
  const rows = readDocument(`docs/reference/${page}.md`).matchAll(/^\|(.+)\|$/gm);
  return [...rows].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
}

/** The numbers that a column of a page has for a name: one for each table that has it. */
function numbersIn(page: string, column: number, name: string): readonly number[] {
  const rows = rowsOf(page).filter(([first]) => first === `\`${name}\``);
  return rows.map((row) => Number(row[column]?.replaceAll(/[`_]/g, '')));
}

/** What stands in backticks in a cell. */
function quotedIn(cell: string | undefined): readonly string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, quoted = '']) => quoted);
}

describe('the page on configs from outside', () => {
  const page = 'configuration-security';

  it.each(Object.entries(SECURITY_LIMITS))('states the limit %s: %d', (name, limit) => {
    expect(numbersIn(page, 1, name)).toEqual([limit]);
  });

  it.each(Object.entries(parseClientRateLimitOptions({})))('states the default of %s: %d', (name, value) => {
    expect(numbersIn(page, 2, name)).toEqual([value]);
  });

  it.each(FORBIDDEN_PATTERNS)('has correct examples of what is refused as $what, and of what is not', ({ what }) => {
    const [row, ...others] = rowsOf(page).filter(([first]) => first === what);
    expect(others).toEqual([]);
    const [refused, allowed] = [quotedIn(row?.[1]), quotedIn(row?.[2])];
    expect(Math.min(refused.length, allowed.length)).toBeGreaterThan(0);
    for (const text of refused) expect([text, findForbidden(text)]).toEqual([text, [what]]);
    for (const text of allowed) expect([text, findForbidden(text)]).toEqual([text, []]);
  });
});

describe('the page on insecure settings', () => {
  const declared = [...SETTING_PATHS].filter(([path]) => !path.startsWith('retry.kinds.'));
  const bounds = declared.flatMap(([path, { info }]) => (info.outside === undefined ? [] : [[path, ...info.outside]]));

  it('has the bounds of every setting that has some, and of no other', () => {
    const rows = rowsOf('insecure-settings').filter(
      ([first = '', , to = '']) => first.includes('.') && /^[\d,]+$/.test(to),
    );
    const toNumber = (cell = '') => Number.parseInt(cell.replaceAll(',', ''), 10);
    const written = rows.map(([path, from, to]) => [quotedIn(path)[0], toNumber(from), toNumber(to)]);
    expect(written.toSorted()).toEqual(bounds.toSorted());
  });
});

describe('the page on audit and usage', () => {
  const page = 'configuration-usage';

  it.each(Object.entries(AUDIT_OPTIONS))('has the default of the option %s of createAudit', (name, option) => {
    expect(numbersIn(page, 2, name)).toContain(option.default);
  });

  it.each(Object.entries(USAGE_OPTIONS))('has the default of the option %s of UsageMonitor', (name, option) => {
    expect(numbersIn(page, 2, name)).toContain(option.default);
  });

  it.each(Object.entries(USAGE_THRESHOLDS))('has the default of the threshold %s', (name, threshold) => {
    expect(numbersIn(page, 1, name)[0]).toBe(threshold.default);
  });
});
