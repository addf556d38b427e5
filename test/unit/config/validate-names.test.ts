import type { ConfigInput } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../../src/config/validation/index.js';

const own = {};

/** The names that look like typos, each with its suggestion. */
function slipsIn(config: ConfigInput): (readonly [string, string | undefined])[] {
  return validateConfig(config)
    .warnings.filter(({ rule }) => rule === 'looks-like-typo')
    .map(({ path, suggestion }) => [path, suggestion]);
}

describe('the rule looks-like-typo', () => {
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
  ])('warns about a name that is similar to one of the preset: %s', (name, meant) => {
    expect(slipsIn({ preset: 'simple', operations: { [name]: own } })).toEqual([
      [`config.operations.${name}`, `Did you mean '${meant}'?`],
    ]);
    expect(slipsIn({ preset: 'none', operations: { [name]: own } })).toEqual([]);
  });

  it.each([
    ['translate', 'translat'],
    ['plan:outline', 'plan:outlnie'],
    ['chat', 'Chat'],
  ])('warns about the later of two similar names: %s, %s', (first, later) => {
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
  ])('does not warn about names that may well both be meant: %s, %s', (first, later) => {
    expect(slipsIn({ operations: { [first]: own, [later]: own } })).toEqual([]);
  });

  it('does not warn about an alias that is similar to its operation', () => {
    const operations = {
      summarise: { alias: 'summarize' },
      summarize: own,
      Translate: own,
      translate: { alias: 'Translate' },
    };
    expect(slipsIn({ operations })).toEqual([]);
  });

  it('does not warn about names of the preset', () => {
    expect(slipsIn({ preset: 'production', operations: { qa: own, questions: own } })).toEqual([]);
  });
});

describe('the rule alias-of-nothing', () => {
  it('warns about an alias of an unknown operation, with what was probably meant', () => {
    const config = { operations: { translate: own, tl: { alias: 'translat' }, other: { alias: 'nothing' } } };
    const { warnings } = validateConfig(config);
    const message = 'is not the name of an operation in the config or its preset';
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

  it('does not warn about an alias of an operation of the config or the preset', () => {
    const operations = { tl: { alias: 'translate' }, translate: own, short: { alias: 'summarize' } };
    expect(validateConfig({ operations }).warnings).toEqual([]);
  });
});
