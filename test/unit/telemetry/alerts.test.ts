import { describe, expect, it } from 'vitest';
import {
  type Alert,
  type AlertChange,
  AlertEngine,
  type AlertRule,
  isBreached,
  SlidingWindow,
} from '../../../src/telemetry/alerts.js';
import { randomFrom, SEED } from '../../support/seed.js';

interface Sample {
  readonly host: string;
  readonly ms: number;
}

const RULE: AlertRule<Sample> = {
  name: 'slow',
  level: 'warning',
  title: 'Calls are slow',
  describe: ({ host }, { value, samples }, threshold) => `${host}: ${value} ms of ${samples}, above ${threshold} ms`,
  matches: ({ ms }) => ms >= 0,
  value: ({ ms }) => ms,
  measure: 'mean',
  compare: 'gt',
  threshold: 100,
};

/** Creates an engine of one rule, with a record of what it raised and cleared. */
function createEngine(rule: Partial<AlertRule<Sample>> = {}, retentionMs = 1_000_000) {
  const changes: AlertChange[] = [];
  const onChange = (change: AlertChange) => void changes.push(change);
  const engine = new AlertEngine<Sample>([{ ...RULE, ...rule }], retentionMs, onChange);
  const record = (ms: number, nowMs: number, host = 'a') => engine.record({ host, ms }, nowMs);
  const history = () =>
    changes.map(({ type, alert }) => `${type === 'alert.raised' ? '+' : '-'}${alert.clearedAt ?? alert.at}`);
  return { engine, record, changes, history };
}

const groupsOf = (alerts: readonly Alert[]) => alerts.map(({ group }) => group);

describe('a rule', () => {
  it.each([
    { compare: 'gt', breached: [false, false, true] },
    { compare: 'gte', breached: [false, true, true] },
    { compare: 'lt', breached: [true, false, false] },
    { compare: 'lte', breached: [true, true, false] },
    { compare: 'eq', breached: [false, true, false] },
  ] as const)('with $compare 100 is breached by 99, 100 and 101: $breached', ({ compare, breached }) => {
    const results = [99, 100, 101].map((value) => isBreached({ ...RULE, compare }, { value, samples: 1 }, false));
    expect(results).toEqual(breached);
  });

  it('is not breached before there are enough samples', () => {
    const rule = { ...RULE, minSamples: 3 };
    expect([2, 3].map((samples) => isBreached(rule, { value: 500, samples }, false))).toEqual([false, true]);
    expect(isBreached(RULE, { value: 500, samples: 0 }, false)).toBe(false);
  });

  it('compares an active alert with clearThreshold, so that it does not flap', () => {
    const { record, history } = createEngine({ clearThreshold: 50 });
    for (const [nowMs, ms] of [101, 90, 110, 51, 50, 90, 101].entries()) record(ms, nowMs);
    expect(history()).toEqual(['+0', '-4', '+6']);
  });

  it('with forMs raises an alert only after it was breached for so long without a break', () => {
    const { record, history } = createEngine({ forMs: 100 });
    record(200, 0);
    record(200, 99);
    record(1, 99);
    record(200, 150);
    record(200, 249);
    expect(history()).toEqual([]);
    record(200, 250);
    record(1, 300);
    expect(history()).toEqual(['+250', '-300']);
  });

  it('with forMs starts again when the events that breached it have left the window', () => {
    const { record, history } = createEngine({ forMs: 500, windowMs: 600 });
    record(200, 0);
    record(200, 700);
    expect(history()).toEqual([]);
    record(200, 1_200);
    expect(history()).toEqual(['+1200']);
  });

  it('without a window measures every event alone', () => {
    const { record, changes } = createEngine();
    record(101, 0);
    record(300, 0);
    record(99, 0);
    expect(changes.map(({ alert }) => [alert.description, alert.occurrences])).toEqual([
      ['a: 101 ms of 1, above 100 ms', 1],
      ['a: 300 ms of 1, above 100 ms', 2],
    ]);
  });

  it('ignores the events that do not match it', () => {
    const { engine, record } = createEngine({ compare: 'lt' });
    record(-1, 0);
    expect(engine.active()).toEqual([]);
  });

  it('with groups measures each of them apart, and raises an alert for each', () => {
    const { engine, record } = createEngine({ group: ({ host }) => host, windowMs: 1_000, minSamples: 2 });
    for (const host of ['a', 'b', 'c']) record(200, 0, host);
    record(200, 1, 'a');
    record(200, 2, 'b');
    record(0, 3, 'c');
    expect(groupsOf(engine.active())).toEqual(['b', 'a']);
  });
});

describe('an alert engine', () => {
  it('clears the alert of a window when its events are too old', () => {
    const { engine, record, history } = createEngine({ windowMs: 600 });
    record(500, 0);
    engine.refresh(599);
    expect(history()).toEqual(['+0']);
    engine.refresh(600);
    expect(history()).toEqual(['+0', '-600']);
  });

  it('raises no alert as time passes, only at the next event', () => {
    const { engine, record, history } = createEngine({ windowMs: 600 });
    record(1, 0);
    record(150, 300);
    // The mean of what is left is 150.
    engine.refresh(601);
    expect(history()).toEqual([]);
    record(150, 602);
    expect(history()).toEqual(['+602']);
  });

  it('keeps the alert of a single event whatever time passes, until the retention ends it', () => {
    const { engine, record, history } = createEngine({}, 5_000);
    record(500, 0);
    engine.refresh(4_999);
    expect(engine.active()).toHaveLength(1);
    engine.refresh(5_000);
    expect(history()).toEqual(['+0', '-0']);
  });

  it('forgets events, and the alerts that no later event has breached', () => {
    const { engine, record } = createEngine({ windowMs: 10_000, measure: 'count', threshold: 1, group: () => 'all' });
    record(1, 0);
    record(1, 1_000);
    expect(groupsOf(engine.active())).toEqual(['all']);
    engine.forget(500);
    expect(engine.active()).toHaveLength(1);
    engine.refresh(1_001);
    expect(engine.active()).toEqual([]);
    engine.forget(1_001);
    record(1, 1_002);
    expect(engine.active()).toEqual([]);
  });

  it('keeps 50 active alerts at most, and clears the oldest one for a new one', () => {
    const { engine, record } = createEngine({ group: ({ host }) => host });
    for (let host = 0; host < 80; host++) record(500, host, `${host}`);
    expect(groupsOf(engine.active())).toEqual(Array.from({ length: 50 }, (_, index) => `${79 - index}`));
    expect(engine.recent()).toHaveLength(50);
    expect(engine.recent()[0]?.group).toBe('79');
  });

  it('measures 1,000 groups at most, and starts again with one that it has dropped', () => {
    const { engine, record } = createEngine({ group: ({ host }) => host, windowMs: 1_000, minSamples: 2 });
    for (let host = 0; host <= 1_000; host++) record(500, 0, `${host}`);
    record(500, 1, '0');
    expect(engine.active()).toEqual([]);
    record(500, 1, '1000');
    expect(groupsOf(engine.active())).toEqual(['1000']);
  });

  it('goes on when its listener throws', () => {
    const engine = new AlertEngine<Sample>([RULE], 1_000, () => {
      throw new Error('no');
    });
    engine.record({ host: 'a', ms: 500 }, 0);
    expect(engine.active()).toHaveLength(1);
  });
});

describe('a sliding window', () => {
  it('counts every value younger than the window, and none that is older by a sixtieth', () => {
    const random = randomFrom(SEED);
    for (const spacingMs of [1, 10, 100, 1_000]) {
      const window = new SlidingWindow(6_000);
      const values: { readonly at: number; readonly value: number }[] = [];
      let nowMs = 0;
      for (let step = 0; step < 500; step++) {
        nowMs += Math.floor(random() * spacingMs);
        const value = Math.floor(random() * 10);
        window.add(value, nowMs);
        values.push({ at: nowMs, value });
        const { value: count, samples } = window.measure('count', nowMs);
        expect(count).toBe(samples);
        const from = values.length - samples;
        expect(values.findIndex(({ at }) => at > nowMs - 6_000)).toBeGreaterThanOrEqual(from);
        expect(values[from]?.at).toBeGreaterThan(nowMs - 6_100);
        const sum = values.slice(from).reduce((total, one) => total + one.value, 0);
        expect(window.measure('mean', nowMs).value).toBe(sum / samples);
      }
    }
  });

  it('counts exactly when values are a sixtieth of the window apart', () => {
    const window = new SlidingWindow(6_000);
    for (let nowMs = 0; nowMs < 12_000; nowMs += 100) window.add(1, nowMs);
    expect(window.measure('count', 11_900)).toEqual({ value: 60, samples: 60 });
  });

  it('goes on counting when the clock was put back', () => {
    const window = new SlidingWindow(6_000);
    window.add(1, 10_000);
    for (let count = 0; count < 1_000; count++) window.add(1, count);
    expect(window.measure('count', 1_000).value).toBe(1_001);
  });
});
