import { type SimulatedLimiter, startCallers } from './callers.js';
import { createChance } from './chance.js';
import { BatchingProvider, HardCapProvider, type SimulatedProvider } from './providers.js';
import { VirtualTime } from './virtual-time.js';

/** The provider serves 40 calls at a time, from 300 s on 20, and from 550 s on 60. */
const PHASES = [
  { fromMs: 0, untilMs: 300_000, capacity: 40 },
  { fromMs: 300_000, untilMs: 550_000, capacity: 20 },
  { fromMs: 550_000, untilMs: 900_000, capacity: 60 },
] as const;

/** What a limiter may take to find another capacity. */
const SETTLING_MS = 80_000;
/** One limiter against one provider, with 240 callers that always want to send. */
export interface Scenario {
  readonly seed: number;
  readonly limiter: SimulatedLimiter;
  readonly provider: 'hard cap' | 'batching';
  readonly paceNoise?: number;
}

/** What 900 seconds of virtual time bring. */
export function simulate({ seed, limiter, provider, paceNoise = 0.15 }: Scenario) {
  const time = new VirtualTime();
  const chance = createChance(seed);
  const phaseNow = () => PHASES.find(({ untilMs }) => time.nowMs < untilMs) ?? PHASES[2];
  const capacity = () => phaseNow().capacity;
  const server: SimulatedProvider =
    provider === 'hard cap' ? new HardCapProvider(time, capacity) : new BatchingProvider(time, capacity);
  const tally = startCallers({ time, chance, provider: server, limiter, callers: 240, paceNoise });
  const near = PHASES.map(() => ({ seconds: 0, all: 0 }));
  const look = () => {
    const phase = phaseNow();
    const seen = near[PHASES.indexOf(phase)];
    if (seen !== undefined && time.nowMs - phase.fromMs >= SETTLING_MS) {
      seen.all += 1;
      if (Math.abs(limiter.limit - phase.capacity) <= 0.2 * phase.capacity) seen.seconds += 1;
    }
    time.after(1_000, look);
  };
  look();
  time.runUntil(900_000);
  const idealMs = PHASES.reduce((sum, { fromMs, untilMs, capacity: served }) => sum + (untilMs - fromMs) * served, 0);
  const sorted = tally.firstContentMs.sort((one, other) => one - other);
  return {
    goodput: tally.workMs / idealMs,
    refusedPer100: (100 * tally.refused) / tally.answered,
    /** The share of the time in which the limit is within 20 % of the capacity, in the worst phase. */
    nearShare: Math.min(...near.map(({ seconds, all }) => seconds / all)),
    firstContentP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
  };
}
