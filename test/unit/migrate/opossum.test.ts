import Opossum from 'opossum';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CircuitBreaker } from '../../../src/breaker/index.js';
import type { BreakerSettings } from '../../../src/breaker/settings.js';
import { type Migration, migrate, type OpossumOptions } from '../../../src/migrate/index.js';
import { OPOSSUM_LOST } from '../../../src/migrate/opossum.js';
import { randomFrom, SEED } from '../../support/seed.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('migrate({ opossum }) with options that mean the same', () => {
  it('keeps the breaker and the timeout, and switches off everything that opossum never did', () => {
    expect(migrate({ opossum: {} })).toMatchObject({
      config: {
        preset: 'none',
        defaults: {
          deadlineMs: false,
          attemptTimeoutMs: 10_000,
          retry: false,
          quota: false,
          breaker: {
            trip: { failureRate: 0.5, minimumCalls: 1, windowMs: 10_000 },
            openMs: 30_000,
            openMaxMs: 30_000,
          },
        },
      },
      confidence: 1,
      level: 'high',
      changes: [],
    });
  });

  it.each<[OpossumOptions, object]>([
    [{ timeout: 3_000 }, { attemptTimeoutMs: 3_000 }],
    [{ timeout: false }, { attemptTimeoutMs: false }],
    [{ timeout: 0 }, { attemptTimeoutMs: false }],
    [{ resetTimeout: 5_000 }, { breaker: { openMs: 5_000, openMaxMs: 5_000 } }],
    [{ errorThresholdPercentage: 25 }, { breaker: { trip: { failureRate: 0.25 } } }],
    [{ volumeThreshold: 20 }, { breaker: { trip: { minimumCalls: 20 } } }],
    [{ volumeThreshold: 2.5 }, { breaker: { trip: { minimumCalls: 1 } } }],
    [{ rollingCountTimeout: 60_000 }, { breaker: { trip: { windowMs: 60_000 } } }],
    [{ enabled: false }, { breaker: { mode: 'disabled' } }],
  ])('turns %o into the setting that means the same', (opossum, settings) => {
    expect(migrate({ opossum }).config.defaults).toMatchObject(settings);
  });

  it('gives the settings to the operation that has the name of the breaker', () => {
    const { config } = migrate({ opossum: { name: 'chat' } });
    expect([Object.keys(config), Object.keys(config.operations ?? {})]).toEqual([['preset', 'operations'], ['chat']]);
  });

  it.each(['a\nb', '', '__proto__'])('gives the settings to all operations if the name %j cannot name one', (name) => {
    const { config, notes } = migrate({ opossum: { name } });
    expect(Object.keys(config)).toEqual(['preset', 'defaults']);
    expect(notes[0]).toMatchObject({ option: 'name', outcome: 'lost' });
  });

  it('gives a breaker that opens at the same call as the one of opossum', async () => {
    const random = randomFrom(SEED);
    let opened = 0;
    for (let round = 0; round < 100; round++) {
      // No share of up to fifteen calls is exactly 0.55: the breakers differ where a rate is reached but not exceeded.
      const options = {
        errorThresholdPercentage: 55,
        volumeThreshold: Math.floor(random() * 6),
        timeout: false,
      } as const;
      const outcomes = Array.from({ length: 15 }, () => random() < 0.5);
      const [theirs, ours] = [await theirOpening(options, outcomes), await ourOpening(options, outcomes)];
      // Opossum judges the rate after each failure, ours after each call.
      if (ours !== undefined && outcomes[ours] === true) expect(ours).toBe(options.volumeThreshold - 1);
      else expect(ours).toBe(theirs);
      if (theirs !== undefined) opened++;
    }
    expect(opened).toBeGreaterThan(10);
  });
});

describe('migrate({ opossum }) with options that change', () => {
  it.each([
    ['an error rate that is never exceeded', { errorThresholdPercentage: 100 }, { failureRate: 1 }],
    ['an error rate that is always exceeded', { errorThresholdPercentage: 0 }, { failureRate: 1e-6 }],
    ['a minimum of calls beyond the limit', { volumeThreshold: 1e9 }, { minimumCalls: 1_000_000 }],
    ['a window longer than a timer can run', { rollingCountTimeout: 1e12 }, { windowMs: 2 ** 31 - 1 }],
  ])('limits %s and notes it as changed', (_, opossum, trip) => {
    const migration = migrate({ opossum });
    expect(breakerIn(migration).trip).toMatchObject(trip);
    const [option] = Object.keys(opossum);
    expect(migration.notes).toContainEqual(expect.objectContaining({ option, outcome: 'changed' }));
  });

  it('warns if the breaker may open on the first failure', () => {
    expect(migrate({ opossum: {} }).warnings).toEqual([expect.stringContaining('on the first failure')]);
    expect(migrate({ opossum: { volumeThreshold: 5 } }).warnings).toEqual([]);
  });

  it('lists each setting that differs from the defaults of the library', () => {
    const { differences } = migrate({ opossum: { name: 'chat', volumeThreshold: 5 } });
    expect(differences).toEqual([
      { operation: 'chat', setting: 'attemptTimeoutMs', from: 60_000, to: 10_000 },
      { operation: 'chat', setting: 'breaker.openMaxMs', from: 300_000, to: 30_000 },
      { operation: 'chat', setting: 'breaker.openMs', from: 60_000, to: 30_000 },
      { operation: 'chat', setting: 'breaker.trialLeaseMs', from: 90_000, to: 15_000 },
      {
        operation: 'chat',
        setting: 'breaker.trip',
        from: expect.any(Object),
        to: { failureRate: 0.5, minimumCalls: 5, windowMs: 10_000 },
      },
      { operation: 'chat', setting: 'deadlineMs', from: 120_000, to: false },
      { operation: 'chat', setting: 'quota', from: true, to: false },
      { operation: 'chat', setting: 'retry', from: true, to: false },
    ]);
  });

  it('says in the note that a filtered error diluted the error rate', () => {
    const { notes } = migrate({ opossum: { errorFilter: () => true } });
    const [note] = notes.filter(({ option }) => option === 'errorFilter');
    expect(note?.why).toContain('a filtered error counted as a success, which diluted the error rate');
  });
});

describe('migrate({ opossum }) with options that have no counterpart', () => {
  it.each(Object.entries(OPOSSUM_LOST))(
    'reports %s as lost, and says in the note what to do instead',
    (option, why) => {
      const { notes } = migrate({ opossum: { [option]: 1 } });
      expect(notes.filter(({ outcome }) => outcome === 'lost')).toEqual([
        { option, received: '1', outcome: 'lost', why },
      ]);
    },
  );

  it.each<[OpossumOptions]>([
    [{}],
    [{ timeout: 3_000 }],
    [{ enableSnapshots: false }],
    [{ cache: true, coalesce: true }],
  ])('reports nothing as lost that opossum itself has written into the options %o', (given) => {
    const options = { ...given };
    Reflect.construct(Opossum, [() => Promise.resolve(), options]).shutdown();
    const lost = migrate({ opossum: options }).notes.filter(({ outcome }) => outcome === 'lost');
    const caches = 'cache' in given ? ['cacheTransport', 'coalesceCache'] : [];
    expect(lost.map(({ option }) => option).sort()).toEqual(
      [...Object.keys(given), ...caches].filter((option) => option !== 'timeout').sort(),
    );
  });

  it('accepts all options that the types of opossum declare', () => {
    const options: Opossum.Options = {
      capacity: 5,
      errorFilter: () => false,
      cache: true,
      abortController: new AbortController(),
    };
    const lost = migrate({ opossum: options }).notes.filter(({ outcome }) => outcome === 'lost');
    expect(lost.map(({ option }) => option).sort()).toEqual(Object.keys(options).sort());
  });
});

function breakerIn({ config }: Migration): BreakerSettings {
  const breaker = config.defaults?.breaker;
  if (breaker === undefined || breaker === false) throw new Error('the config has no breaker');
  return breaker;
}

/** The index of the call that opens a breaker of opossum. */
async function theirOpening(options: Opossum.Options, outcomes: readonly boolean[]): Promise<number | undefined> {
  const breaker = new Opossum((succeeds: boolean) => (succeeds ? Promise.resolve() : Promise.reject(new Error('no'))), {
    ...options,
    enableSnapshots: false,
  });
  try {
    return await openingOf(
      outcomes,
      (succeeds) => breaker.fire(succeeds),
      () => breaker.opened,
    );
  } finally {
    breaker.shutdown();
  }
}

/** The index of the call that opens one of our breakers. */
async function ourOpening(options: OpossumOptions, outcomes: readonly boolean[]): Promise<number | undefined> {
  const breaker = new CircuitBreaker(breakerIn(migrate({ opossum: options })));
  const call = (succeeds: boolean) =>
    breaker.execute(() => (succeeds ? Promise.resolve() : Promise.reject(new Error('no'))));
  return openingOf(outcomes, call, () => breaker.state === 'open');
}

async function openingOf(
  outcomes: readonly boolean[],
  call: (succeeds: boolean) => Promise<unknown>,
  isOpen: () => boolean,
): Promise<number | undefined> {
  for (const [index, succeeds] of outcomes.entries()) {
    await call(succeeds).catch(() => undefined);
    if (isOpen()) return index;
  }
  return undefined;
}
