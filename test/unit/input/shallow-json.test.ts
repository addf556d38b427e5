import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShallowJson } from '../../../src/input/index.js';
import { runs } from '../../support/seed.js';

const nest = (depth: number, inner = '1') => `${'[{"a":'.repeat(depth / 2)}${inner}${'}]'.repeat(depth / 2)}`;

describe('parseShallowJson', () => {
  it('gives what JSON.parse() gives, or throws where that throws', () => {
    const text = fc.oneof(
      fc.json(),
      fc.string(),
      fc.string({ unit: fc.constantFrom('[', ']', '{', '}', '"', '\\', ',') }),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(outcome(() => parseShallowJson(given))).toEqual(outcome((): unknown => JSON.parse(given)));
      }),
      runs(1_000),
    );
  });

  it('takes 100 levels, and refuses more', () => {
    expect(parseShallowJson(nest(100))).toEqual(JSON.parse(nest(100)));
    expect(() => parseShallowJson(nest(100, '[]'))).toThrow('it is nested deeper than 100 levels');
    expect(() => parseShallowJson('['.repeat(100_000))).toThrow(SyntaxError);
  });

  it('counts no bracket in a string, and none that is closed', () => {
    const strings = JSON.stringify(['[{'.repeat(1_000), '\\"['.repeat(1_000), '"[\\'.repeat(1_000)]);
    expect(parseShallowJson(strings)).toEqual(JSON.parse(strings));
    const row = `[${'[{}],'.repeat(1_000)}[]]`;
    expect(parseShallowJson(row)).toHaveLength(1_001);
  });
});

function outcome(parse: () => unknown): unknown {
  try {
    return [parse()];
  } catch (error) {
    return error instanceof SyntaxError;
  }
}
