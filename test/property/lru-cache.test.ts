import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { joinKeys, LruCache } from '../../src/runtime/index.js';
import { runs } from '../support/seed.js';

interface Kept {
  readonly key: string;
  readonly value: number;
  readonly storedAtMs: number;
  readonly ttlMs: number;
}

/** The same in the simplest way: a list, the one used longest ago first. */
class Model {
  kept: readonly Kept[] = [];

  find(key: string, nowMs: number, maxAgeMs: number): number | undefined {
    const found = this.kept.find((each) => each.key === key);
    if (found === undefined) return undefined;
    const others = this.kept.filter((each) => each !== found);
    const ageMs = nowMs - found.storedAtMs;
    if (ageMs >= found.ttlMs) this.kept = others;
    else if (ageMs < maxAgeMs) this.kept = [...others, found];
    return ageMs < Math.min(found.ttlMs, maxAgeMs) ? found.value : undefined;
  }

  store(entry: Kept, maxEntries: number): void {
    this.kept = [...this.kept.filter(({ key }) => key !== entry.key), entry].slice(-maxEntries);
  }
}

const keys = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor');
const times = fc.integer({ min: 1, max: 20 });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('find' as const), key: keys, maxAgeMs: fc.option(times, { nil: Infinity }) }),
    fc.record({
      do: fc.constant('store' as const),
      key: keys,
      ttlMs: times,
      maxEntries: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ do: fc.constant('pass' as const), ms: times }),
  ),
  { maxLength: 60 },
);

test('a cache finds what a list would, and never keeps more than it may', () => {
  let hits = 0;
  fc.assert(
    fc.property(steps, (all) => {
      const cache = new LruCache<number>();
      const model = new Model();
      let nowMs = 0;
      for (const [value, step] of all.entries()) {
        if (step.do === 'pass') nowMs += step.ms;
        else if (step.do === 'find') {
          const found = cache.find(step.key, nowMs, step.maxAgeMs)?.value;
          assert.equal(found, model.find(step.key, nowMs, step.maxAgeMs));
          if (found !== undefined) hits += 1;
        } else {
          const { key, ttlMs, maxEntries } = step;
          cache.store(key, value, { nowMs, ttlMs, maxEntries });
          model.store({ key, value, storedAtMs: nowMs, ttlMs }, maxEntries);
          assert(cache.size <= maxEntries);
        }
        assert.equal(cache.size, model.kept.length);
      }
    }),
    runs(2_000),
  );
  assert(hits > 200);
});

test('two pairs of keys have the same joined key only if they are the same', () => {
  const key = fc.string({ unit: fc.constantFrom('1', ':', '-', 'a'), maxLength: 4 });
  const pair = fc.tuple(fc.option(key, { nil: undefined }), key);
  fc.assert(
    fc.property(pair, pair, (one, other) => {
      const areSame = one[0] === other[0] && one[1] === other[1];
      assert.equal(joinKeys(...one) === joinKeys(...other), areSame);
    }),
    runs(20_000),
  );
});
