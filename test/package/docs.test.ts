import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StopReason } from 'holdfast';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApi } from '../../scripts/api/model.mjs';
import { API_FOLDER } from '../../scripts/api/pages.mjs';
import { listDocuments } from '../../scripts/documents.mjs';
import { ROOT } from '../../scripts/pack.mjs';
import { SUBPATHS } from '../../scripts/size.mjs';
import { findBlockErrors } from './document-blocks.js';
import { declaredDefaults, documentedDefaults, findWrongDefaults } from './document-defaults.js';
import { findDeadLinks } from './document-links.js';
import { countWordsOf, findLongSentences } from './document-prose.js';
import { compileSnippets, folderOf } from './document-snippets.js';
import { DOCUMENTED, STOP_RULES } from './documented-names.js';
import {
  exampleNames,
  filledIn,
  listBlocks,
  namesInTable,
  readDocument,
  run,
  runText,
  tableRows,
} from './documents.js';

const LONGEST_UNMARKED_BLOCK = 6;
const LONGEST_README_LINES = 150;
const MOST_WORDS_OF_A_GUIDE = 1_500;
const MOST_WORDS_OF_A_SENTENCE = 30;

const documents = listDocuments(ROOT);
/** The documents that are written by hand: what the others say is in the JSDoc. */
const written = documents.filter((document) => !document.startsWith(API_FOLDER));
const api = readApi(Object.fromEntries(Object.entries(SUBPATHS).map(([name, { source }]) => [name, source])));
const knownDefaults = [...declaredDefaults(), ...documentedDefaults(api)];

const blocks = written.flatMap((document) => listBlocks(document));
const snippets = blocks.filter(({ language, isMarked }) => language === 'ts' && !isMarked);
const explained = api.flatMap(({ name: subpath, declarations }) =>
  declarations.flatMap(({ name, kind, doc, methods }) => [
    { place: `${subpath}: ${name}`, kind, examples: doc.examples },
    ...methods.map((method) => ({
      place: `${subpath}: ${name}.${method.name}`,
      kind: 'method' as const,
      examples: method.doc.examples,
    })),
  ]),
);
const examplesOfApi = explained.flatMap(({ place, examples }) =>
  examples.map((example) => ({ place, text: example.replaceAll(/^```\w*$/gm, '') })),
);
const compiled = compileSnippets([...snippets, ...examplesOfApi]);
const runnable = compiled.filter(({ place }) => snippets.some((snippet) => snippet.place === place));

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
  no_target: true,
  closed: true,
};

describe('the examples', () => {
  it.each(exampleNames)('include %s, which runs to its end', async (name) => {
    expect(await run(name)).toMatchObject({ status: 0, stderr: '' });
  });

  it('are all shown or named somewhere', () => {
    const texts = documents.map((document) => readDocument(document)).join('\n');
    expect(exampleNames.filter((name) => !texts.includes(name))).toEqual([]);
  });
});

describe('the documents', () => {
  it.each(written.filter((document) => listBlocks(document).some(({ isMarked }) => isMarked)))(
    'show examples in %s as they are',
    async (document) => {
      // `vitest -u` writes the examples into the document.
      await expect(await filledIn(readDocument(document))).toMatchFileSnapshot(join(ROOT, document));
    },
  );

  it('take their longer blocks of code from examples', () => {
    const long = snippets.filter(({ text }) => text.trimEnd().split('\n').length > LONGEST_UNMARKED_BLOCK);
    expect(long.map(({ place }) => place)).toEqual([]);
  });

  it('have only code that compiles', () => {
    expect(compiled.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('have no data, configs, scripts and commands that are wrong', () => {
    expect(blocks.flatMap(findBlockErrors)).toEqual([]);
  });

  it.each(runnable.flatMap(({ place, runnable: text }) => (text === undefined ? [] : [{ place, text }])))(
    'have code that runs where it needs nothing else: $place',
    async ({ place, text }) => {
      const folder = folderOf(place);
      for (const file of filesBeside(place)) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, file.name), file.text);
      }
      expect(await runText(text, folder)).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it.each(documents)('have no broken link in %s', (document) => {
    expect(findDeadLinks(document)).toEqual([]);
  });

  it('name the defaults of the code', () => {
    expect(written.flatMap((document) => findWrongDefaults(document, knownDefaults))).toEqual([]);
  });
});

/** The files that a document shows, by the comment in their first line. */
function filesBeside(place: string): readonly { readonly name: string; readonly text: string }[] {
  const [document] = place.split(':');
  return blocks
    .filter((block) => block.place.startsWith(`${document}:`))
    .flatMap(({ text }) => {
      const [, name] = /^# ([\w-]+\.ya?ml)\n/.exec(text) ?? [];
      return name === undefined ? [] : [{ name, text }];
    });
}

describe('the JSDoc', () => {
  it('has an example for every function and class', () => {
    const first = explained.filter(({ kind }) => kind === 'function' || kind === 'class');
    expect(first.filter(({ examples }) => examples.length === 0).map(({ place }) => place)).toEqual([]);
  });

  it('names the defaults that the settings are declared with', () => {
    const ofSettings = new Map([
      ['Settings', 'settings'],
      ['RetrySettings', 'retry'],
      ['KindSettings', 'kind'],
      ['BudgetSettings', 'budget'],
      ['QuotaSettings', 'quota'],
      ['BreakerSettings', 'breaker'],
      ['TripOptions', 'trip'],
    ]);
    const named = new Map(documentedDefaults(api).map(({ path, value }) => [path, value]));
    const declared = new Map(declaredDefaults().map(({ path, value }) => [path, value]));
    const both = [...ofSettings].flatMap(([owner, part]) =>
      [...declared].flatMap(([path, value]) => {
        const inJsDoc = path.startsWith(`${part}.`) ? named.get(path.replace(part, owner)) : undefined;
        return inJsDoc === undefined ? [] : [{ path, value, inJsDoc }];
      }),
    );
    expect(both.length).toBeGreaterThan(20);
    expect(both.filter(({ value, inJsDoc }) => value !== inJsDoc)).toEqual([]);
  });
});

describe('the readme', () => {
  it('shows its first code on the first screen', () => {
    expect(readDocument('README.md').split('\n').indexOf('```ts')).toBeLessThan(22);
  });

  it(`has at most ${LONGEST_README_LINES} lines`, () => {
    expect(readDocument('README.md').split('\n').length).toBeLessThanOrEqual(LONGEST_README_LINES);
  });
});

describe('the pages for readers', () => {
  const guides = documents.filter((document) => document.startsWith('docs/guides/'));

  it('have no long-winded sentence in the readme', () => {
    expect(findLongSentences('README.md', MOST_WORDS_OF_A_SENTENCE)).toEqual([]);
  });

  it(`have at most ${MOST_WORDS_OF_A_GUIDE} words in each guide`, () => {
    expect(guides.filter((guide) => countWordsOf(guide) > MOST_WORDS_OF_A_GUIDE)).toEqual([]);
  });
});

describe('the tables', () => {
  it.each(DOCUMENTED)('%s lists under "%s" every name that there is and no other', (page, heading, names) => {
    expect([...namesInTable(page, heading)].sort()).toEqual([...names].sort());
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
    expect(rows.sort()).toEqual([...STOP_RULES].sort());
  });
});

describe('the page of what holdfast solves', () => {
  const shown = [...readDocument('docs/guides/does-holdfast-solve.md').matchAll(/\| `(test\/\S+)`: "([^"]+)" +\|/g)];

  it('names tests that there are', () => {
    expect(shown.length).toBeGreaterThan(20);
    const missing = shown.filter(([, file = '', title = '']) => !readDocument(file).includes(title));
    expect(missing.map(([row]) => row)).toEqual([]);
  });
});

describe('the check of the documents', () => {
  const COPY = join(ROOT, '.cache/planted');
  const PAGE = 'docs/guides/planted.md';

  beforeAll(() => {
    rmSync(COPY, { recursive: true, force: true });
    for (const document of documents) cpSync(join(ROOT, document), join(COPY, document), { recursive: true });
  });

  afterAll(() => {
    rmSync(COPY, { recursive: true, force: true });
  });

  function plant(text: string): void {
    mkdirSync(dirname(join(COPY, PAGE)), { recursive: true });
    writeFileSync(join(COPY, PAGE), text);
  }

  function compilePlanted(): readonly string[] {
    return compileSnippets(listBlocks(PAGE, COPY)).flatMap(({ errors }) => errors);
  }

  it.each([
    ['a setting', '| Setting | Default |\n| --- | --- |\n| `openMs` | `30_000` |\n', 'the default of openMs is 60000'],
    [
      'a setting of a part',
      '| Setting | Default |\n|-|-|\n| `trip.windowMs` | 1 000 |\n',
      'the default of trip.windowMs',
    ],
    [
      'one of two',
      '| Option | Default |\n|-|-|\n| `trials`, `openMs` | `1`, `2` |\n',
      'the default of openMs is 60000',
    ],
    ['an option', '| Option | Default |\n|-|-|\n| `settleMs` | `60` |\n', 'the default of settleMs is 50'],
    ['a word', "| Option | Default |\n|-|-|\n| `jitter` | `'full'` |\n", 'the default of jitter is equal'],
  ])('finds a wrong default of %s', (_, text, message) => {
    plant(text);
    expect(findWrongDefaults(PAGE, knownDefaults, COPY)).toEqual([expect.stringContaining(message)]);
    plant(text.replace('`1`, `2`', '`1`, `60_000`').replaceAll(/`(?:30_000|60|'full')`|1 000/g, 'by its nature'));
    expect(findWrongDefaults(PAGE, knownDefaults, COPY)).toEqual([]);
  });

  it.each([
    ['a file', '[a page](breaker-of-old.md)'],
    ['an anchor of its own page', '# A page\n\n[a part](#another-page)'],
    ['an anchor of another page', '[states](breaker.md#conditions)'],
    ['a heading that comes only once', '# A page\n\n[a part](#a-page-1)'],
    ['a file outside of the repository', '[a page](../../../breaker.md)'],
    ['a definition', '[a page][1]\n\n[1]: breaker-of-old.md'],
    ['an image', '![a picture](breaker.png)'],
  ])('finds a link to %s', (_, text) => {
    plant(text);
    expect(findDeadLinks(PAGE, COPY)).toHaveLength(1);
    plant('# A page\n\n## A page\n\n[one](#a-page-1), [two](breaker.md#states), [three](https://example.com/none.md)');
    expect(findDeadLinks(PAGE, COPY)).toEqual([]);
  });

  it('finds a block of code that does not parse, has a wrong type, or uses what does not exist', () => {
    plant(
      '```ts\nconst a: = 1;\n```\n\n```ts\nconst { opened } = resilience.health();\n```\n\n```ts\nbreakerOf(1);\n```\n',
    );
    expect(compilePlanted()).toEqual([
      expect.stringMatching(/^docs\/guides\/planted\.md:1 line 1: Type expected/),
      expect.stringMatching(/^docs\/guides\/planted\.md:5 line 1: Property 'opened' does not exist on type 'Health'/),
      expect.stringMatching(/^docs\/guides\/planted\.md:9 line 1: Cannot find name 'breakerOf'/),
    ]);
    plant('```ts\nconst { healthy } = createResilience().health();\n```\n');
    expect(compilePlanted()).toEqual([]);
  });

  it.each([
    ['JSON that does not parse', 'json', '{ "preset": }', 'JSON'],
    ['a config that is refused', 'json', '{ "defaults": { "retrys": 1 } }', 'config.defaults.retrys is unknown'],
    ['a config in YAML that is refused', 'yaml', 'defaults:\n  deadlineMs: soon', 'config.defaults.deadlineMs must be'],
    ['YAML that does not parse', 'yaml', 'defaults: [', 'Flow sequence'],
    ['a ConfigMap with such a config', 'yaml', 'data:\n  a.yaml: |\n    preset: prodution', 'config.preset must be'],
    ['JavaScript that does not parse', 'js', 'const = 1;', 'Variable declaration expected'],
    ['a command that is not there', 'sh', 'npm run banch', 'there is no script banch'],
    ['a language that nobody checks', 'toml', 'a = 1', 'unknown language: toml'],
  ])('finds %s', (_, language, text, message) => {
    plant(`\`\`\`${language}\n${text}\n\`\`\`\n`);
    const errors = listBlocks(PAGE, COPY).flatMap(findBlockErrors);
    expect(errors[0]).toMatch(/^docs\/guides\/planted\.md:1 /);
    expect(errors.join('\n')).toContain(message);
  });

  it('finds an example that is shown differently', async () => {
    const shown = '<!-- example: cancel.ts -->\n```ts\nconst a = 1;\n```\n';
    expect(await filledIn(shown)).not.toBe(shown);
  });

  it('finds a sentence and a page that are too long', () => {
    const long = `Calls ${'end '.repeat(30)}on time.`;
    plant(`# ${long}\n\nShort. ${long} Short.\n\n- One: ${long}\n\n| ${long} |\n\n\`\`\`ts\n${long}\n\`\`\`\n`);
    expect(findLongSentences(PAGE, MOST_WORDS_OF_A_SENTENCE, COPY)).toHaveLength(4);
    expect(countWordsOf(PAGE, COPY)).toBe(5 * 33 + 4);
    plant(`${'A short one. '.repeat(500)}\n`);
    expect(findLongSentences(PAGE, MOST_WORDS_OF_A_SENTENCE, COPY)).toEqual([]);
    expect(countWordsOf(PAGE, COPY)).toBe(MOST_WORDS_OF_A_GUIDE);
  });
});
