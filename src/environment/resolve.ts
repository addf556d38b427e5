import type { DetectedEnvironment, EnvironmentSignal } from './detected.js';

/** What each further signal for the same environment adds. */
const AGREEMENT_BONUS = 0.05;
/** The most that signals come to together. */
const HIGHEST_CONFIDENCE = 0.98;
/** What the confidence is multiplied by, once, when a strong signal speaks for another environment. */
const CONFLICT_FACTOR = 0.85;
/** Signals above this are strong. */
const STRONG_ABOVE = 0.7;

/** What signals come to. */
export type Verdict = Pick<DetectedEnvironment, 'environment' | 'confidence' | 'reasoning' | 'detectedBy'>;

const FALLBACK: Verdict = {
  environment: 'development',
  confidence: 0.5,
  reasoning: 'nothing tells the environment',
  detectedBy: 'fallback',
};

/** Weighs signals. The heaviest decides, among equals the first; the others make it more or less sure. */
export function resolve(signals: readonly EnvironmentSignal[]): Verdict {
  const [first, ...others] = signals;
  if (first === undefined) return FALLBACK;
  const best = others.reduce((heaviest, each) => (each.confidence > heaviest.confidence ? each : heaviest), first);
  const { environment, source } = best;
  const confirming = signals.filter((each) => each !== best && each.environment === environment).length;
  const conflicting = signals.filter((each) => each.environment !== environment);
  const agreed = Math.min(HIGHEST_CONFIDENCE, best.confidence + AGREEMENT_BONUS * confirming);
  const doubted = conflicting.some(({ confidence }) => confidence > STRONG_ABOVE);
  return {
    environment,
    // Weights have two decimals and so has the factor: four are exact, and what is behind them is not.
    confidence: Math.round(agreed * (doubted ? CONFLICT_FACTOR : 1) * 10_000) / 10_000,
    reasoning: [
      best.reasoning,
      ...counted(confirming, 'confirming'),
      ...counted(conflicting.length, 'conflicting'),
    ].join(', '),
    detectedBy: source,
  };
}

function counted(count: number, how: string): string[] {
  return count === 0 ? [] : [`${count} ${how} signal${count === 1 ? '' : 's'}`];
}
