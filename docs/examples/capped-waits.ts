// How far apart do a thousand callers come back whose waits have grown to the cap?

// #region jitter
const CAP_MS = 10_000;
const grownMs = 64_000;

const waits = {
  'jitter, then the cap': () => Math.min(CAP_MS, (grownMs / 2) * (1 + Math.random())),
  'the cap, then jitter': () => (Math.min(CAP_MS, grownMs) / 2) * (1 + Math.random()),
};
for (const [order, waitMs] of Object.entries(waits)) {
  const perSecond = new Map<number, number>();
  for (let caller = 0; caller < 1_000; caller += 1) {
    const second = Math.floor(waitMs() / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  const all = Math.max(...perSecond.values()) === 1_000;
  console.log(`${order}: ${all ? 'all of them in the same moment' : `spread over ${perSecond.size} seconds`}`);
}
// #endregion
