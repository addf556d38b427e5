import type { ConfigInput } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../../src/config/validation/index.js';

const own = {};

/** What is taken for a slip, and for what. */
function slipsIn(config: ConfigInput): (readonly [string, string | undefined])[] {
  return validateConfig(config)
    .warnings.filter(({ rule }) => rule === 'looks-like-typo')
    .map(({ path, suggestion }) => [path, suggestion]);
}

describe('the name of an operation is taken for a slip', () => {
  it.each([
    ['summarise', 'summarize'],
    ['sumarize', 'summarize'],
    ['summmarize', 'summarize'],
    ['sumamrize', 'summarize'],
    ['Summarize', 'summarize'],
    ['keyPoints', 'key_points'],
    ['key-points', 'key_points'],
    ['answer_queston', 'answer_question'],
    ['QA', 'qa'],
  ])('of one that the preset knows: %s', (name, meant) => {
    expect(slipsIn({ preset: 'simple', operations: { [name]: own } })).toEqual([
      [`config.operations.${name}`, `Did you mean '${meant}'?`],
    ]);
    expect(slipsIn({ preset: 'none', operations: { [name]: own } })).toEqual([]);
  });

  it.each([
    ['translate', 'translat'],
    ['plan:outline', 'plan:outlnie'],
    ['chat', 'Chat'],
  ])('of one beside it, the later of both: %s, %s', (first, later) => {
    const found = [[`config.operations.${later}`, `Did you mean '${first}'?`]];
    expect(slipsIn({ operations: { [first]: own, [later]: own } })).toEqual(found);
  });

  it.each([
    ['plan-a', 'plan-b'],
    ['chat1', 'chat2'],
    ['chatting', 'chatting2'],
    ['read', 'head'],
    ['embed', 'image'],
    ['translate', 'transcribe'],
    ['-', '.'],
    [`${'long'.repeat(20)}a`, `${'long'.repeat(20)}b`],
  ])('not when both may well be meant: %s, %s', (first, later) => {
    expect(slipsIn({ operations: { [first]: own, [later]: own } })).toEqual([]);
  });

  it('not when it is the other name of it', () => {
    const operations = {
      summarise: { alias: 'summarize' },
      summarize: own,
      Translate: own,
      translate: { alias: 'Translate' },
    };
    expect(slipsIn({ operations })).toEqual([]);
  });

  it('not when the preset knows it', () => {
    expect(slipsIn({ preset: 'production', operations: { qa: own, questions: own } })).toEqual([]);
  });
});

describe('an alias', () => {
  it('of an operation that nothing is said of is warned of, with what was probably meant', () => {
    const config = { operations: { translate: own, tl: { alias: 'translat' }, other: { alias: 'nothing' } } };
    const { warnings } = validateConfig(config);
    const message = 'is the name of no operation in the config or its preset';
    expect(warnings).toEqual([
      {
        rule: 'alias-of-nothing',
        path: 'config.operations.tl.alias',
        message,
        value: 'translat',
        suggestion: "Did you mean 'translate'?",
      },
      { rule: 'alias-of-nothing', path: 'config.operations.other.alias', message, value: 'nothing' },
    ]);
  });

  it('of one that the config or the preset knows is not', () => {
    const operations = { tl: { alias: 'translate' }, translate: own, short: { alias: 'summarize' } };
    expect(validateConfig({ operations }).warnings).toEqual([]);
  });
});
