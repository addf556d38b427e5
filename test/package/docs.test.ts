import { join } from 'node:path';
import { createResilience, type StopReason, type StopRule } from 'holdfast';
import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../scripts/pack.mjs';
import { DOCUMENTED } from './documented-names.js';
import {
  brokenLinks,
  documents,
  exampleNames,
  filledIn,
  namesInTable,
  run,
  shownIn,
  tableRows,
  textOf,
  unmarkedBlocks,
} from './documents.js';

const LONGEST_UNMARKED_BLOCK = 6;
const LONGEST_README_LINES = 140;

/** Complete by their types: a new word does not compile before it stands here, and then needs its row in the guide. */
const STOP_REASONS: Readonly<Record<StopReason, true>> = {
  success: true,
  not_retryable: true,
  attempts_exhausted: true,
  deadline: true,
  cancelled: true,
  breaker_open: true,
  quota_held: true,
  retry_budget: true,
  capacity: true,
  closed: true,
};
const STOP_RULES: Readonly<Record<StopRule, true>> = {
  never_retried: true,
  not_replayable: true,
  not_idempotent: true,
  max_attempts: true,
  max_elapsed: true,
  hint_beyond_deadline: true,
  wait_beyond_deadline: true,
  attempt_beyond_deadline: true,
  breaker_open: true,
  quota_held: true,
  budget: true,
  refused: true,
};

describe('the examples', () => {
  it.each(exampleNames)('%s runs to its end', async (name) => {
    expect(await run(name)).toMatchObject({ status: 0, stderr: '' });
  });

  it('are all shown or named somewhere', () => {
    const texts = documents.map(textOf).join('\n');
    expect(exampleNames.filter((name) => !texts.includes(name))).toEqual([]);
  });
});

describe('the documents', () => {
  it.each(documents.filter((document) => shownIn(document).length > 0))(
    '%s shows examples as they are',
    async (document) => {
      // `vitest -u` writes the examples into the document.
      await expect(await filledIn(document)).toMatchFileSnapshot(join(ROOT, document));
    },
  );

  it.each(documents)('%s takes its longer blocks of code from examples', (document) => {
    expect(unmarkedBlocks(document, LONGEST_UNMARKED_BLOCK)).toEqual([]);
  });

  it.each(documents)('%s has no broken link into this repository', (document) => {
    expect(brokenLinks(document)).toEqual([]);
  });
});

describe('the readme', () => {
  it('comes to its first code on the first screen', () => {
    expect(textOf('README.md').split('\n').indexOf('```ts')).toBeLessThan(22);
  });

  it(`has at most ${LONGEST_README_LINES} lines`, () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(LONGEST_README_LINES);
  });
});

describe('the tables', () => {
  it.each(DOCUMENTED)('%s lists under "%s" every name that there is and no other', (page, heading, names) => {
    expect([...namesInTable(page, heading)].sort()).toEqual([...names].sort());
  });

  it('the reference has the defaults of an operation', () => {
    const { deadlineMs, attemptTimeoutMs } = createResilience({ preset: 'none' }).operation('chat').settings;
    expect({ deadlineMs, attemptTimeoutMs }).toEqual(documented('deadlineMs', 'attemptTimeoutMs'));
  });
});

describe('the guide to breakers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the default lease of a trial', () => {
    const breaker = new CircuitBreaker();
    breaker.open();
    vi.advanceTimersByTime(60_000);
    breaker.admit();
    vi.advanceTimersByTime(guideDefault('trialLeaseMs') - 1);
    expect(breaker.tryAdmit()).toBeInstanceOf(BreakerOpenError);
    vi.advanceTimersByTime(1);
    expect(breaker.tryAdmit()).not.toBeInstanceOf(Error);
  });
});

describe('the guide to troubleshooting', () => {
  const firstCells = [...tableRows('docs/guides/troubleshooting.md').keys()];

  it('has a row for every stop reason and no other', () => {
    const rows = firstCells.flatMap((cell) => cell.match(/^`'(\w+)'`$/)?.[1] ?? []);
    expect(rows.sort()).toEqual(Object.keys(STOP_REASONS).sort());
  });

  it('has a row for every stop rule and no other', () => {
    const [head, ...rows] = firstCells.flatMap((cell) => cell.match(/^`(\w+)`$/)?.[1] ?? []);
    expect(head).toBe('stopRule');
    expect(rows.sort()).toEqual(Object.keys(STOP_RULES).sort());
  });
});

function documented(...options: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(options.map((option) => [option, documentedDefault(option)]));
}

/** What a table of the reference says is the default of a setting. */
function documentedDefault(option: string): unknown {
  const cell = tableRows('docs/reference/configuration.md').get(`\`${option}\``)?.[3] ?? '';
  const [, literal] = cell.match(/^`(.+)`$/) ?? [];
  return literal === undefined ? cell : JSON.parse(literal.replaceAll('_', '').replaceAll("'", '"'));
}

/** What the table of the guide says is the default of an option, where that is a number. */
function guideDefault(option: string): number {
  return Number(tableRows('docs/guides/breaker.md').get(`\`${option}\``)?.[1]?.replaceAll(/[`_]/g, ''));
}
