import { describe, expect, it } from 'vitest';
import { computeJitteredMs, type Jitter, type JitterRules } from '../../../src/retry/jitter.js';
import { randomFrom, SEED } from '../../support/seed.js';

const LOWEST = 0;
const HIGHEST = 1 - Number.EPSILON / 2;

const rulesOf = (jitter: Jitter, given: Partial<JitterRules> = {}): JitterRules => ({
  jitter,
  jitterMaxMs: 200,
  minDelayMs: 100,
  maxDelayMs: 1000,
  ...given,
});

/** Where the spread begins, its middle, and where it ends. */
const spreadOf = (rules: JitterRules, baseMs: number, previousMs?: number): number[] =>
  [LOWEST, 0.5, HIGHEST].map((drawn) => Number(computeJitteredMs(rules, baseMs, previousMs, () => drawn).toFixed(6)));

describe('jitter', () => {
  it.each([
    { jitter: 'none' as const, spread: [400, 400, 400] },
    { jitter: 'full' as const, spread: [0, 200, 400] },
    { jitter: 'equal' as const, spread: [200, 300, 400] },
    { jitter: 'additive' as const, spread: [400, 500, 600] },
    { jitter: 'decorrelated' as const, spread: [100, 200, 300] },
  ])('spreads 400 ms over $spread when it is $jitter', ({ jitter, spread }) => {
    expect(spreadOf(rulesOf(jitter), 400)).toEqual(spread);
  });

  it.each([
    { jitter: 'none' as const, spread: [1000, 1000, 1000] },
    { jitter: 'full' as const, spread: [0, 500, 1000] },
    { jitter: 'equal' as const, spread: [500, 750, 1000] },
    { jitter: 'additive' as const, spread: [800, 900, 1000] },
  ])('spreads the longest wait as widely as any other when it is $jitter: $spread', ({ jitter, spread }) => {
    expect(spreadOf(rulesOf(jitter), 1000)).toEqual(spread);
  });

  it.each([
    { jitter: 'none' as const, spread: [0, 0, 0] },
    { jitter: 'full' as const, spread: [0, 0, 0] },
    { jitter: 'equal' as const, spread: [0, 0, 0] },
    { jitter: 'additive' as const, spread: [0, 100, 200] },
    { jitter: 'decorrelated' as const, spread: [0, 0, 0] },
  ])('spreads a wait of 0 over $spread when it is $jitter', ({ jitter, spread }) => {
    expect(spreadOf(rulesOf(jitter, { minDelayMs: 0 }), 0)).toEqual(spread);
  });
});

describe('additive jitter', () => {
  it('starts lower when there is not enough room up to the longest wait', () => {
    expect(spreadOf(rulesOf('additive'), 850)).toEqual([800, 900, 1000]);
    expect(spreadOf(rulesOf('additive'), 800)).toEqual([800, 900, 1000]);
    expect(spreadOf(rulesOf('additive'), 799)).toEqual([799, 899, 999]);
  });

  it('spreads over the whole range when its maximum exceeds the longest wait', () => {
    expect(spreadOf(rulesOf('additive', { jitterMaxMs: 5000 }), 400)).toEqual([0, 500, 1000]);
  });

  it('does not exceed the longest wait by what rounding adds', () => {
    const rules = rulesOf('additive', { maxDelayMs: 7474.3, jitterMaxMs: 213.529 });
    expect(computeJitteredMs(rules, 7474.3, undefined, () => HIGHEST)).toBeLessThanOrEqual(7474.3);
  });

  it('adds nothing when its maximum is 0', () => {
    expect(spreadOf(rulesOf('additive', { jitterMaxMs: 0 }), 400)).toEqual([400, 400, 400]);
  });
});

describe('decorrelated jitter', () => {
  const rules = rulesOf('decorrelated');

  it('reaches up to three times the last wait', () => {
    expect(spreadOf(rules, 0, 200)).toEqual([100, 350, 600]);
  });

  it('depends on the last wait and not on the strategy', () => {
    expect(spreadOf(rules, 100, 200)).toEqual(spreadOf(rules, 1000, 200));
  });

  it('stays below the longest wait without gathering there', () => {
    expect(spreadOf(rules, 0, 900)).toEqual([100, 550, 1000]);
    expect(spreadOf(rules, 0, 1e9)).toEqual([100, 550, 1000]);
  });

  it('treats a last wait below the shortest as the shortest', () => {
    expect(spreadOf(rules, 0, 3)).toEqual([100, 200, 300]);
  });

  it('stays below a longest wait that has been lowered below the shortest', () => {
    expect(spreadOf(rulesOf('decorrelated', { maxDelayMs: 40 }), 40, 500)).toEqual([40, 40, 40]);
  });

  it('keeps no state, and gives the same wait for the same arguments', () => {
    const answers = [1, 2, 3].map(() => computeJitteredMs(rules, 0, 250, () => 0.75));
    expect(answers).toEqual([587.5, 587.5, 587.5]);
  });

  it('grows from wait to wait, and becomes short again', () => {
    const random = randomFrom(SEED);
    const waits: number[] = [];
    for (let retry = 0; retry < 400; retry++) waits.push(computeJitteredMs(rules, 0, waits.at(-1), random));
    expect(Math.max(...waits)).toBeGreaterThan(900);
    expect(Math.min(...waits.slice(200))).toBeLessThan(150);
  });
});

describe('waits that have grown to the longest', () => {
  const callers = 500;

  it.each(['full', 'equal', 'additive', 'decorrelated'] as const)(
    'do not end together when the jitter is %s',
    (jitter) => {
      const random = randomFrom(SEED);
      const ends = Array.from({ length: callers }, () =>
        Math.floor(computeJitteredMs(rulesOf(jitter), 1000, 1000, random)),
      );
      const inOneMillisecond = Math.max(...ends.map((ms) => ends.filter((other) => other === ms).length));
      expect(inOneMillisecond).toBeLessThan(callers / 25);
    },
  );

  it('end together only when there is no jitter', () => {
    expect(spreadOf(rulesOf('none'), 1000)).toEqual([1000, 1000, 1000]);
  });
});
