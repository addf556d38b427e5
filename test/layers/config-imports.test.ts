import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../../scripts/pack.mjs';

const IMPORT =
  /^import (type )?\{([^}]*)\} from '\.\.\/(?:breaker|retry|limits|hedge|timeout|fallback|cache|targets|streams)\//gm;

/** The values, not the types, that a source imports from the folders of stages. */
function stageValues(source: string): string[] {
  return [...source.matchAll(IMPORT)]
    .filter(([, isType]) => isType === undefined)
    .flatMap(([, , names = '']) => names.split(',').map((name) => name.trim()))
    .filter((name) => name !== '' && !name.startsWith('type '));
}

it('config/settings.ts imports of a stage only the declaration and resolution of its settings, and types', () => {
  const values = stageValues(readFileSync(join(ROOT, 'src/config/settings.ts'), 'utf8'));
  expect(values).toContain('RETRY_SETTINGS');
  expect(values.filter((name) => !/^[A-Z_]+_SETTINGS$|^resolve\w+Settings$/.test(name))).toEqual([]);
});

it('the rule on config/settings.ts sees a stage that is imported as a value', () => {
  expect(stageValues("import { type A, retryStage } from '../retry/stage.js';\n")).toEqual(['retryStage']);
  expect(stageValues("import type { A } from '../retry/stage.js';\n")).toEqual([]);
});
