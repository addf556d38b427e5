import type { Random } from '../runtime/index.js';
import type { TargetLane, TargetOfCall, TargetOrder } from './target.js';

/** Targets this much slower than the fastest one still share the calls: the fastest alone would be stampeded. */
const ALMOST_AS_FAST = 1.2;

/** A target with those of its lanes that an attempt may use now. */
export interface Choice {
  readonly target: TargetOfCall;
  readonly lanes: readonly TargetLane[];
}

/** Chooses one of several targets, and one of its lanes. Pure: it reads the targets and changes nothing. */
export function chooseTarget(
  [first, ...others]: readonly [Choice, ...Choice[]],
  order: TargetOrder,
  random: Random,
): TargetLane {
  const choices = [first, ...others] as const;
  if (others.length === 0 || order === 'listed') return chooseLane(first, random);
  switch (order) {
    case 'weighted':
      return chooseLane(chooseByWeight(choices, random), random);
    case 'least_busy':
      return chooseLane(chooseLeastBusy(choices), random);
    case 'fastest':
      return chooseLane(chooseFastest(choices), random);
    default:
      return order satisfies never;
  }
}

/** The least busy lane; at random among equals, so that the keys of a quiet service share its calls. */
function chooseLane({ lanes }: Choice, random: Random): TargetLane {
  const least = Math.min(...lanes.map(({ inUse }) => inUse));
  const idlest = lanes.filter(({ inUse }) => inUse === least);
  const chosen = idlest[Math.floor(random() * idlest.length)] ?? lanes[0];
  if (chosen === undefined) throw new TypeError('a target without a lane cannot be chosen');
  return chosen;
}

/** Weights of 0 count only if there is no other. */
function chooseByWeight(choices: readonly [Choice, ...Choice[]], random: Random): Choice {
  const total = choices.reduce((sum, { target }) => sum + target.weight, 0);
  let point = random() * total;
  for (const choice of choices) {
    point -= choice.target.weight;
    if (point < 0) return choice;
  }
  return choices[0];
}

function chooseLeastBusy(choices: readonly [Choice, ...Choice[]]): Choice {
  return choices.reduce((least, each) => (computeLoad(each) < computeLoad(least) ? each : least));
}

/** Attempts in progress for the weight of the target: one of twice the weight serves twice as many. */
function computeLoad({ target: { weight, lanes } }: Choice): number {
  const inUse = lanes.reduce((sum, lane) => sum + lane.inUse, 0);
  // One more than there are now, so that the weight also decides between idle targets.
  return weight === 0 ? Number.POSITIVE_INFINITY : (inUse + 1) / weight;
}

/** The least busy of the fastest; a target that nothing is known of and that is idle is tried first. */
function chooseFastest(choices: readonly [Choice, ...Choice[]]): Choice {
  const unknown = choices.find((each) => computeTypicalMs(each) === undefined && isIdle(each));
  if (unknown !== undefined) return unknown;
  const known = choices.map((each) => computeTypicalMs(each) ?? Number.POSITIVE_INFINITY);
  const limitMs = Math.min(...known) * ALMOST_AS_FAST;
  const [first = choices[0], ...others] = choices.filter((_, index) => (known[index] ?? 0) <= limitMs);
  return chooseLeastBusy([first, ...others]);
}

function computeTypicalMs({ target }: Choice): number | undefined {
  const known = target.lanes.flatMap(({ typicalMs }) => (typicalMs === undefined ? [] : [typicalMs]));
  return known.length === 0 ? undefined : Math.min(...known);
}

function isIdle({ target }: Choice): boolean {
  return target.lanes.every(({ inUse }) => inUse === 0);
}
