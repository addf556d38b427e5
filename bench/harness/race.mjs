// @ts-check
import { probe, undisturbedUs } from './neighbour.mjs';
import { median, spreadPercent } from './statistics.mjs';

/** @typedef {import('./neighbour.mjs').Stretch} Stretch */

/**
 * One way of doing the same work.
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => unknown} call the work, once; awaited between two calls unless `sync`
 * @property {() => unknown} check throws if the contender does not do what it is timed for
 * @property {boolean} [sync] the work returns nothing to wait for, and is timed in a loop without `await`
 * @property {number} [most] the most calls in one round, if each call changes the cost of the next one
 * @property {() => unknown} [beforeRound] brings the contender back to its start, untimed
 * @property {() => unknown} [close] ends its timers
 */

/**
 * @typedef {object} RaceOptions
 * @property {string} name
 * @property {string} reference the contender all others are compared with: one of ours
 * @property {readonly Contender[]} contenders
 * @property {readonly string[]} [guarded] the contenders whose ratio to the reference `bench:check` watches
 * @property {number} [rounds]
 * @property {number} [batchMs] how long one contender runs in one round
 */

/**
 * @typedef {object} Standing
 * @property {string} name
 * @property {number} medianUs median over the rounds, in microseconds a call
 * @property {number} spreadPercent median absolute deviation over the rounds
 * @property {number | undefined} undisturbedUs mean on an unshared core; `undefined` if the core was almost always shared
 * @property {number} ratio median over the rounds of (its time / the reference's time in the same round)
 * @property {number} ratioSpreadPercent
 * @property {number} iterations calls in one round
 * @property {boolean} guarded
 */

/** @typedef {{ kind: 'race', name: string, reference: string, rounds: number, standings: Standing[] }} Race */

const MOST_ITERATIONS = 2 ** 24;
/** How many stretches a batch is run in. */
const STRETCHES = 240;

/**
 * Lets the contenders run in turns (A B C, B C A, C A B, ...) and compares each with the reference *within* a round, so
 * that a machine that slows down slows down both sides of every ratio.
 *
 * @param {RaceOptions} options
 * @returns {Promise<Race>}
 */
export async function race({ name, reference, contenders, guarded = [], rounds = 21, batchMs = 60 }) {
  for (const contender of contenders) await verified(contender);
  /** @type {number[]} */
  const iterations = [];
  for (const contender of contenders) iterations.push(await calibrate(contender, batchMs));
  /** @type {number[][]} */
  const timesUs = contenders.map(() => []);
  /** @type {Stretch[][]} */
  const stretches = contenders.map(() => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contenders.length; turn += 1) {
      const index = (round + turn) % contenders.length;
      const contender = contenders[index];
      const times = timesUs[index];
      const count = iterations[index];
      if (contender === undefined || times === undefined || count === undefined) continue;
      const batch = await batchOf(contender, count);
      times.push((total(batch) * 1_000) / count);
      stretches[index]?.push(...batch);
    }
  }
  for (const contender of contenders) await contender.close?.();
  const referenceTimes = timesUs[contenders.findIndex((contender) => contender.name === reference)];
  if (referenceTimes === undefined) throw new Error(`No contender is called "${reference}".`);
  const standings = contenders.map((contender, index) => {
    const times = timesUs[index] ?? [];
    const ratios = times.map((time, round) => time / (referenceTimes[round] ?? Number.NaN));
    return {
      name: contender.name,
      medianUs: median(times),
      spreadPercent: spreadPercent(times),
      undisturbedUs: undisturbedUs(stretches[index] ?? []),
      ratio: median(ratios),
      ratioSpreadPercent: spreadPercent(ratios),
      iterations: iterations[index] ?? 0,
      guarded: guarded.includes(contender.name),
    };
  });
  return { kind: 'race', name, reference, rounds, standings };
}

/** @param {Contender} contender */
async function verified(contender) {
  try {
    await contender.beforeRound?.();
    await contender.check();
  } catch (error) {
    throw new Error(`"${contender.name}" does not do what it would be timed for.`, { cause: error });
  }
}

/**
 * Warms the contender up, and finds how many calls fill a batch.
 * @param {Contender} contender
 * @param {number} batchMs
 * @returns {Promise<number>}
 */
async function calibrate(contender, batchMs) {
  const most = contender.most ?? MOST_ITERATIONS;
  let count = 1;
  let elapsed = total(await batchOf(contender, count));
  while (elapsed < batchMs / 4 && count < most) {
    count = Math.min(most, count * 2);
    elapsed = total(await batchOf(contender, count));
  }
  // The first figures are those of cold code: the number is corrected until it is based on warm code.
  for (let correction = 0; correction < 3; correction += 1) {
    count = Math.max(1, Math.min(most, Math.round((count * batchMs) / elapsed)));
    elapsed = total(await batchOf(contender, count));
  }
  return count;
}

/**
 * Runs the contender `count` times, in stretches so short that a neighbour that is busy in one is usually busy before or
 * after it, too.
 * @param {Contender} contender
 * @param {number} count
 * @returns {Promise<Stretch[]>}
 */
async function batchOf(contender, count) {
  await contender.beforeRound?.();
  // A macrotask lets due timers of all contenders run now, and a young collection clears their garbage: no contender pays
  // for the one before.
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc?.({ type: 'minor' });
  const { call, sync } = contender;
  const most = Math.ceil(count / STRETCHES);
  /** @type {Stretch[]} */
  const batch = [];
  let before = probe();
  for (let left = count; left > 0; left -= most) {
    const calls = Math.min(left, most);
    const startedAt = performance.now();
    if (sync === true) for (let index = 0; index < calls; index += 1) call();
    else for (let index = 0; index < calls; index += 1) await call();
    const ms = performance.now() - startedAt;
    const after = probe();
    batch.push({ calls, ms, probeMs: Math.max(before, after) });
    before = after;
  }
  return batch;
}

/**
 * @param {readonly Stretch[]} batch
 * @returns {number} in milliseconds
 */
function total(batch) {
  return batch.reduce((sum, { ms }) => sum + ms, 0);
}
