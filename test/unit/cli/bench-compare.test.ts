import { describe, expect, it } from 'vitest';
import { compare, computeTrend, DEFAULT_TOLERANCE_PERCENT } from '../../../src/cli/bench/compare.js';
import { parseSuite } from '../../../src/cli/bench/suite.js';
import { UsageError } from '../../../src/cli/errors.js';
import { randomFrom, SEED } from '../../support/seed.js';
import { suiteWith } from './bench-suites.js';

describe('computeTrend()', () => {
  it.each([
    [[], 'unknown', 0],
    [[5], 'unknown', 0],
    [[10, 5], 'improving', -50],
    [[10, 15], 'degrading', 50],
    [[10, 10], 'steady', 0],
    [[10, 10.05], 'steady', 0.5],
    [[10, 20, 10], 'degrading', 50],
    [[20, 20, 10, 10], 'improving', -50],
    [[10, 30, 10, 10], 'improving', -50],
    [[0, 0], 'steady', 0],
    [[0, 5], 'degrading', 100],
  ] as const)('judges %j to be %s by %d %%', (samples, verdict, changePercent) => {
    expect(computeTrend(samples)).toEqual({ verdict, changePercent: expect.closeTo(changePercent, 6) });
  });
});

describe('compare()', () => {
  const before = suiteWith([{ operation: 'a', avgMs: 1, minMs: 0.8 }], 20);

  it.each([
    ['as long as before', { avgMs: 1, minMs: 0.8 }, 'same', 0],
    ['twice as long, which is tolerated', { avgMs: 2, minMs: 1.6 }, 'same', 100],
    ['more than twice as long', { avgMs: 2.1, minMs: 1.68 }, 'slower', 110],
    ['longer on average, but not in its fastest iteration', { avgMs: 9, minMs: 0.9 }, 'same', 800],
    ['longer in its fastest iteration, but not on average', { avgMs: 1.1, minMs: 1.05 }, 'same', 10],
    ['half as long, which may be luck', { avgMs: 0.5, minMs: 0.4 }, 'same', -50],
    ['less than half as long', { avgMs: 0.4, minMs: 0.3 }, 'faster', -60],
  ] as const)('gives the right verdict on an operation that takes %s', (_what, figures, verdict, changePercent) => {
    const now = suiteWith([{ operation: 'a', ...figures }]);
    const { operations, regressions } = compare([before], now, DEFAULT_TOLERANCE_PERCENT);
    expect(operations).toMatchObject([{ operation: 'a', beforeMs: 1, nowMs: figures.avgMs, verdict }]);
    expect(operations[0]?.changePercent).toBeCloseTo(changePercent, 6);
    expect(regressions).toEqual(verdict === 'slower' ? ['a'] : []);
  });

  it('ignores differences that are too small to measure', () => {
    const tiny = suiteWith([{ avgMs: 0.01, minMs: 0.008 }], 20);
    expect(compare([tiny], suiteWith([{ avgMs: 0.06, minMs: 0.05 }]), 10).regressions).toEqual([]);
    expect(compare([tiny], suiteWith([{ avgMs: 0.07, minMs: 0.05 }]), 10).regressions).toEqual(['preset_loading']);
  });

  it('uses the tolerance that it is given', () => {
    const now = suiteWith([{ operation: 'a', avgMs: 1.3, minMs: 1.04 }]);
    expect(compare([before], now, 20)).toMatchObject({ tolerancePercent: 20, regressions: ['a'] });
    expect(compare([before], now, 40)).toMatchObject({ tolerancePercent: 40, regressions: [] });
  });

  it('reports an operation that fails and did not before as a regression, and never as faster', () => {
    const failed = suiteWith([{ operation: 'a', avgMs: 0, minMs: 0, successRate: 0, passed: false }]);
    expect(compare([before], failed, 10)).toMatchObject({ regressions: ['a'], operations: [{ verdict: 'same' }] });
    expect(compare([failed], failed, 10).regressions).toEqual([]);
    expect(compare([failed], before, 10)).toMatchObject({
      regressions: [],
      operations: [{ verdict: 'same', trend: { verdict: 'unknown' } }],
    });
  });

  it('compares with the latest of several runs, and computes the trend over all', () => {
    const [first, second, third] = [10, 12, 14].map((day, index) =>
      suiteWith([{ operation: 'a', avgMs: 4 - index, minMs: 4 - index }], day),
    );
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three suites');
    const now = suiteWith([{ operation: 'a', avgMs: 1, minMs: 1 }]);
    const comparison = compare([third, first, second], now, 50);
    expect(comparison).toMatchObject({ comparedWith: '2026-11-14T00:00:00.000Z', regressions: [] });
    // The means of 4 and 3, and of 2 and 1.
    expect(comparison.operations).toMatchObject([
      { beforeMs: 2, nowMs: 1, trend: { verdict: 'improving', changePercent: expect.closeTo(-57.14, 1) } },
    ]);
  });

  it('leaves out new operations and lists missing ones', () => {
    const now = suiteWith([{ operation: 'b' }]);
    expect(compare([before], now, 50)).toMatchObject({ operations: [], regressions: [], missing: ['a'] });
  });

  it('reports no regression on a machine that is busy now and then', () => {
    const random = randomFrom(SEED);
    // Work of 1 ms, which other load stretches up to tenfold in half of the iterations.
    const run = (slowness: number, day: number) => {
      const times = Array.from(
        { length: 25 },
        () => slowness * (1 + 0.2 * random() + (random() < 0.5 ? 9 * random() : 0)),
      );
      const avgMs = times.reduce((sum, time) => sum + time, 0) / times.length;
      return suiteWith([{ operation: 'a', avgMs, minMs: Math.min(...times) }], day);
    };
    const verdicts = (slowness: number) =>
      Array.from({ length: 500 }, () => compare([run(1, 20)], run(slowness, 21), DEFAULT_TOLERANCE_PERCENT));
    expect(verdicts(1).filter(({ regressions }) => regressions.length > 0)).toEqual([]);
    const found = verdicts(4).filter(({ regressions }) => regressions.length > 0);
    expect(found.length).toBeGreaterThan(450);
  });
});

describe('parseSuite()', () => {
  it('reads a suite as it was written', () => {
    const suite = suiteWith([{}, { operation: 'b', passed: false }]);
    expect(parseSuite('a.json', JSON.stringify(suite))).toEqual(suite);
  });

  it.each([
    ['', "'a.json' is not valid JSON"],
    ['[]', "'a.json' must hold a JSON object."],
    ['{}', 'suite.timestamp: must be an ISO 8601 instant'],
    [JSON.stringify({ ...suiteWith([]), timestamp: 'yesterday' }), 'suite.timestamp: must be an ISO 8601 instant'],
    [JSON.stringify({ ...suiteWith([]), results: {} }), 'suite.results: must be an array'],
    [JSON.stringify({ ...suiteWith([]), results: [null] }), 'suite.results[0]: must be a plain object'],
    [JSON.stringify({ ...suiteWith([]), environmentInfo: null }), 'suite.environmentInfo: must be a plain object'],
    [
      JSON.stringify({ ...suiteWith([]), environmentInfo: { node: 20, cpu: 'x', cores: 2 } }),
      'suite.environmentInfo.node: must be a string',
    ],
    [JSON.stringify(suiteWith([{ avgMs: Number.NaN }])), 'suite.results[0].avgMs: must be a number'],
    [JSON.stringify(suiteWith([{ minMs: -1 }])), 'suite.results[0].minMs: must be a number'],
    [JSON.stringify(suiteWith([{ operation: '' }])), 'suite.results[0].operation: must be a string'],
  ])('refuses the text "%s"', (text, said) => {
    const error = refusal(text);
    expect(error).toBeInstanceOf(UsageError);
    expect(`${error?.message} ${error?.suggestion}`).toContain(said);
  });
});

function refusal(text: string): UsageError | undefined {
  try {
    parseSuite('a.json', text);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  return undefined;
}
