import type { Chance } from './chance.js';
import type { SimulatedProvider } from './providers.js';
import type { VirtualTime } from './virtual-time.js';

/** A limit of concurrent calls, as the simulated callers see it. */
export interface SimulatedLimiter {
  /** How many calls may be under way now. */
  readonly limit: number;
  /** A call was sent; `inFlight` counts it. Its number is one more than that of the call before. */
  onSent(call: number, inFlight: number): void;
  onRefused(call: number, inFlight: number, nowMs: number): void;
  onDone(call: number, sample: CallSample, nowMs: number): void;
}

/** How long a call took. */
export interface CallSample {
  readonly firstContentMs: number;
  readonly totalMs: number;
  readonly outputTokens: number;
  /** How many calls were under way when it ended, itself included. */
  readonly inFlight: number;
}

/** Callers that always want to send, through one limiter. */
export interface CallersInit {
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly provider: SimulatedProvider;
  readonly limiter: SimulatedLimiter;
  readonly callers: number;
  /** How much the pace of calls differs: the sigma of a log-normal factor. */
  readonly paceNoise: number;
}

/** What the callers got. */
export interface Tally {
  answered: number;
  refused: number;
  /** The work of the answered calls, in unloaded milliseconds. */
  workMs: number;
  readonly firstContentMs: number[];
}

const TOKEN_MS = 15;

/**
 * Starts callers that send a request as soon as the limiter lets them and come back at once with the next one, or after half
 * a second to a second when they were refused. Output is log-normal with a median of 250 tokens.
 */
export function startCallers({ time, chance, provider, limiter, callers, paceNoise }: CallersInit): Tally {
  const tally: Tally = { answered: 0, refused: 0, workMs: 0, firstContentMs: [] };
  let inFlight = 0;
  let calls = 0;
  let waiting = callers;
  const sendWhatMay = () => {
    while (waiting > 0 && inFlight < limiter.limit) send();
  };
  const comeBack = () => {
    waiting += 1;
    sendWhatMay();
  };
  const send = () => {
    waiting -= 1;
    inFlight += 1;
    calls += 1;
    const call = calls;
    limiter.onSent(call, inFlight);
    const outputTokens = chance.logNormal(250, 0.9);
    const request = {
      firstContentMs: chance.logNormal(300, 0.3),
      restMs: outputTokens * TOKEN_MS * chance.logNormal(1, paceNoise),
    };
    const sentAtMs = time.nowMs;
    let firstContentMs = 0;
    provider.send(request, {
      onRefused: () => {
        limiter.onRefused(call, inFlight, time.nowMs);
        inFlight -= 1;
        tally.refused += 1;
        time.after(500 + 500 * chance.uniform(), comeBack);
      },
      onFirstContent: () => {
        firstContentMs = time.nowMs - sentAtMs;
        tally.firstContentMs.push(firstContentMs);
      },
      onDone: () => {
        tally.answered += 1;
        tally.workMs += request.firstContentMs + request.restMs;
        limiter.onDone(call, { firstContentMs, totalMs: time.nowMs - sentAtMs, outputTokens, inFlight }, time.nowMs);
        inFlight -= 1;
        comeBack();
      },
    });
  };
  for (let nth = 0; nth < callers; nth++) time.after(chance.uniform() * 1_000, sendWhatMay);
  return tally;
}
