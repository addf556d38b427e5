import { join } from 'node:path';
import { createResilience } from 'holdfast';
import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROOT } from '../../scripts/pack.mjs';
import {
  brokenLinks,
  documents,
  exampleNames,
  filledIn,
  run,
  shownIn,
  tableRows,
  textOf,
  unmarkedBlocks,
} from './documents.js';

const LONGEST_UNMARKED_BLOCK = 6;

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

  it('tells the defaults of an operation', () => {
    const { deadlineMs, attemptTimeoutMs } = createResilience().operation('chat').settings;
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

function documented(...options: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(options.map((option) => [option, documentedDefault(option)]));
}

/** What a table of the readme says is the default of an option. */
function documentedDefault(option: string): unknown {
  const cell = tableRows('README.md').get(`\`${option}\``)?.[2] ?? '';
  const [, literal] = cell.match(/^`(.+)`$/) ?? [];
  return literal === undefined ? cell : JSON.parse(literal.replaceAll('_', '').replaceAll("'", '"'));
}

/** What the table of the guide says is the default of an option, where that is a number. */
function guideDefault(option: string): number {
  return Number(tableRows('docs/guides/breaker.md').get(`\`${option}\``)?.[1]?.replaceAll(/[`_]/g, ''));
}
