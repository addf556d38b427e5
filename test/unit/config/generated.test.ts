import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../../scripts/config/generated.mjs';
import { filledIn, table } from '../../../scripts/config/markdown.mjs';
import { ROOT } from '../../../scripts/pack.mjs';
import { annotatedSchema, configJsonSchema } from '../../../src/config/json-schema.js';
import { PRESETS } from '../../../src/config/presets/presets.js';
import { STRATEGIES } from '../../../src/config/presets/strategies.js';
import { computeBackoffMs } from '../../../src/retry/backoff.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';

const sources = { annotatedSchema, configJsonSchema, PRESETS, STRATEGIES, computeBackoffMs, resolveRetrySettings };
const current = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Where it is not: `npm run generate`. */
describe('a generated file', () => {
  it.each(Object.entries(generatedFiles(sources, current)))('%s is current', (path, text) => {
    expect(current(path)).toBe(text);
  });
});

describe('the generated tables', () => {
  const files = generatedFiles(sources, current);

  it('name every setting', () => {
    const reference = files['docs/reference/configuration.md'] ?? '';
    const paths = [...reference.matchAll(/^\| `([\w$.*]+)` +\|/gm)].map(([, path]) => path);
    expect(paths).toHaveLength(new Set(paths).size);
    expect(paths).toEqual(
      expect.arrayContaining(['$schema', 'operations.*.alias', 'deadlineMs', 'retry.kinds.network', 'quota.spreadMs']),
    );
    expect(paths.filter((path = '') => path.startsWith('breaker.'))).toHaveLength(13);
  });

  it('hold every number of strategies and presets', () => {
    const page = files['docs/reference/presets.md'] ?? '';
    expect(page).toMatch(/^\| `retry.maxAttempts` +\| `2` +\| `3` +\| `5` +\| `7` +\|$/m);
    expect(page).toMatch(/^\| `breaker.openMs` +\| `60_000` +\| `30_000` +\| `120_000` +\|$/m);
    expect(page).toMatch(/^\| `critical` +\| 3_000 +\| 3_000 +\| 6_000 +\| 12_000 +\| 24_000 +\| 48_000 +\|$/m);
    expect(page).toMatch(/^\| `qa` +\| +\| `balanced` +\| `critical` +\|$/m);
  });

  it('hold the numbers by which a strategy or preset is chosen', () => {
    const guide = files['docs/guides/presets-and-strategies.md'] ?? '';
    expect(guide).toMatch(/^\| `conservative` +\| 5 +\| 4, 4, 8, 16 +\| 8 +\| 120 +\|$/m);
    expect(guide).toMatch(/^\| `production` +\| 5 +\| 2, 3, 6, 12 +\| 10 +\| 120 +\|$/m);
  });
});

describe('a document with generated tables', () => {
  const place = '<!-- generated: one -->\nold\n<!-- end -->';

  it('gets the tables between its markers, and does not change when it gets them again', () => {
    const once = filledIn(`before\n${place}\nafter`, { one: 'new' });
    expect(once).toBe('before\n<!-- generated: one -->\n\nnew\n\n<!-- end -->\nafter');
    expect(filledIn(once, { one: 'new' })).toBe(once);
  });

  it('must have a place for each table, and a table for each place', () => {
    expect(() => filledIn(place, {})).toThrow('one');
    expect(() => filledIn(place, { one: '', two: '' })).toThrow('two');
  });

  it('has tables whose columns are in line', () => {
    expect(table(['a', 'long'], [['wider', '1'], ['b']])).toBe(
      ['| a     | long |', '| ----- | ---- |', '| wider | 1    |', '| b     |      |'].join('\n'),
    );
  });
});
