import { CapacityError, type CapacityRefusal, withoutStack } from '../errors/index.js';
import {
  fillDefaults,
  type NumberRule,
  numberWithin,
  oneOf,
  type Part,
  part,
  partOrBoolean,
  setting,
} from '../input/index.js';
import type { AttemptOutcome, Priority, Run, Stage, StageAttempt } from '../pipeline/index.js';
import { LONGEST_TIMER_MS, monotonicMs } from '../runtime/index.js';
import type { AdaptiveBounds } from './adaptive-limit.js';
import type { Permit, Permits, Waiter } from './permits.js';

/** By which time an adaptive limit judges: seconds for each token of output, or until the first content. */
export type DelayMeasure = 'pace' | 'firstContent';

/** How a limit adapts to the provider: plain data, every part optional. */
export interface AdaptiveSettings {
  /** The limit never shrinks below. Default 1. */
  readonly floor?: number | undefined;
  /** The limit never grows beyond. Default: `limit`. */
  readonly ceiling?: number | undefined;
  /**
   * Also shrink while answers come more slowly than they can: for servers that queue requests instead of refusing them.
   * Default: refusals alone count.
   */
  readonly delay?: DelayMeasure | undefined;
}

/** How many attempts may run at a time: plain data, every part optional. */
export interface ConcurrencySettings {
  /** How many attempts of a key may run at a time. Default 10. */
  readonly limit?: number | undefined;
  /** How many attempts of a key may wait. Default 100. */
  readonly queue?: number | undefined;
  /** The longest that an attempt waits, in milliseconds. Default 30 000. */
  readonly queueTimeoutMs?: number | undefined;
  /** `true`, or bounds: the limit follows the refusals of the provider. Default `false`. */
  readonly adaptive?: AdaptiveSettings | boolean | undefined;
}

/** Concurrency settings with all defaults filled in. */
export interface ResolvedConcurrencySettings {
  readonly limit: number;
  readonly queue: number;
  readonly queueTimeoutMs: number;
  readonly adaptive: (AdaptiveBounds & { readonly delay: DelayMeasure | undefined }) | false;
}

/** How many attempts may run. */
const RUNNING: NumberRule = { min: 1, max: 1_000_000, integer: true };
/** How many attempts may wait. */
const WAITING: NumberRule = { min: 0, max: 1_000_000, integer: true };
const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };
const DEFAULT_LIMIT = 10;

const ADAPTIVE_SETTINGS: Part<AdaptiveSettings, 'floor'> = part(
  {
    floor: setting(numberWithin(RUNNING), {
      default: 1,
      description: 'The limit never shrinks below.',
      advice: 'Write a whole number: 1 suits most services.',
    }),
    ceiling: setting(numberWithin(RUNNING), {
      computed: '`limit`',
      description: 'The limit never grows beyond.',
      advice: 'Leave it out: it is the limit.',
    }),
    delay: setting(oneOf(['pace', 'firstContent']), {
      absent: 'refusals alone count',
      description:
        'Also shrinks while answers come more slowly than they can: by the time for each token of output (`pace`), or ' +
        'until the first content. For servers that queue requests instead of refusing them.',
      advice: "Write 'pace' for a server of your own that batches requests.",
    }),
  },
  {
    id: 'adaptive',
    description: 'How the limit follows the provider.',
    conflicts: ({ floor = 1, ceiling }, refuse) => {
      if (ceiling !== undefined && ceiling < floor) refuse(['ceiling'], 'must not be lower than floor', ceiling);
    },
  },
);

/** Declares {@link ConcurrencySettings}. */
export const CONCURRENCY_SETTINGS: Part<ConcurrencySettings, keyof ConcurrencySettings> = part(
  {
    limit: setting(numberWithin(RUNNING), {
      default: DEFAULT_LIMIT,
      description: 'How many attempts of a key may run at a time.',
      advice: 'Write a whole number: how many requests the provider serves at a time.',
    }),
    queue: setting(numberWithin(WAITING), {
      default: 100,
      description: 'How many attempts of a key may wait. 0: those beyond the limit are rejected at once.',
      advice: 'Write a whole number: 100 suits most services.',
    }),
    queueTimeoutMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 30_000,
      suspectBelowMs: 100,
      description: 'The longest that an attempt waits for others to end.',
      advice: 'Write milliseconds: 30000 suits most calls.',
    }),
    adaptive: setting(partOrBoolean(ADAPTIVE_SETTINGS), {
      default: false,
      description: 'Whether the limit follows the refusals of the provider, up to `limit`.',
      advice: 'Write true, or bounds such as { floor: 2 }.',
    }),
  },
  {
    id: 'concurrency',
    description: 'How many attempts of a key may run at a time.',
    conflicts: ({ limit = DEFAULT_LIMIT, adaptive }, refuse) => {
      if (typeof adaptive !== 'object') return;
      const { floor = 1, ceiling } = adaptive;
      if (ceiling === undefined && floor > limit) {
        refuse(['adaptive', 'floor'], 'must not be higher than limit', floor);
      }
    },
  },
);

/** Fills in the defaults. The settings must be valid. */
export function resolveConcurrencySettings(settings: ConcurrencySettings): ResolvedConcurrencySettings {
  const { adaptive, ...others } = fillDefaults(CONCURRENCY_SETTINGS, settings);
  if (adaptive === false) return { ...others, adaptive };
  const { floor, ceiling, delay } = fillDefaults(ADAPTIVE_SETTINGS, adaptive === true ? {} : adaptive);
  return { ...others, adaptive: { floor, ceiling: ceiling ?? others.limit, delay } };
}

/** What was rejected, and how full the key is. */
export interface CapacityRejection {
  readonly refusal: CapacityRefusal;
  /** How many attempts may run at a time; `undefined` if pacing rejected it. */
  readonly limit: number | undefined;
  readonly waiting: number;
  readonly abandoned: number;
  readonly retryAfterMs: number;
}

/** Receives what is rejected; its methods must not throw. */
export interface CapacityListener {
  capacityRejected(attempt: StageAttempt, rejection: CapacityRejection): void;
}

/** What the concurrency stage is made of. */
export interface ConcurrencyParts {
  readonly settings: ResolvedConcurrencySettings;
  readonly listener: CapacityListener;
  /** The permits of the key that an attempt uses; `undefined`: it has no limit. */
  readonly permitsOf: (attempt: StageAttempt) => Permits | undefined;
  /** How long an attempt usually takes, in milliseconds; `undefined` while that is not known. */
  readonly typicalMs: (attempt: StageAttempt) => number | undefined;
}

/** A rate limit whose hint is longer is one by the hour or the day, and says nothing about how many calls may run. */
const LONGEST_LOAD_HINT_MS = 120_000;

/**
 * Lets a limited number of attempts of a key run, and queues the others. A permit is held until the function has really
 * ended, which may be after its attempt was given up.
 */
export function concurrencyStage(parts: ConcurrencyParts): Stage {
  return (next) => (attempt) => {
    const { queued } = attempt.call;
    if (queued !== undefined && attempt.attempt === 1) return queued.resume(attempt, next);
    const permits = parts.permitsOf(attempt);
    if (permits === undefined) return next(attempt);
    const permit = permits.tryAcquire();
    return permit === undefined
      ? new QueuedAttempt(parts, permits, next, attempt).run()
      : runWith(parts, permits, permit, next, attempt);
  };
}

/** Runs an attempt that has a permit. */
export function runWith(
  { settings: { adaptive } }: ConcurrencyParts,
  permits: Permits,
  permit: Permit,
  next: Run,
  attempt: StageAttempt,
): Promise<unknown> {
  if (adaptive !== false && adaptive.delay !== undefined) watchDelay(permits, attempt, adaptive.delay);
  let isAbandoned = false;
  attempt.onOutcome((outcome) => {
    if (attempt.isRunning) {
      isAbandoned = true;
      permits.abandon();
    }
    if (adaptive !== false) recordLoad(permits, permit, attempt, outcome);
  });
  attempt.onEnded(() => {
    if (isAbandoned) permits.recover();
    permits.release();
  });
  return next(attempt);
}

/** An attempt in the queue. A class, since thousands may wait at a time, and closures would take twice the space. */
class QueuedAttempt implements Waiter {
  readonly #parts: ConcurrencyParts;
  readonly #permits: Permits;
  readonly #next: Run;
  readonly #attempt: StageAttempt;
  #permit: Permit | undefined;
  #refusal: CapacityRefusal = 'queue_timeout';
  #wake: (() => void) | undefined;

  constructor(parts: ConcurrencyParts, permits: Permits, next: Run, attempt: StageAttempt) {
    this.#parts = parts;
    this.#permits = permits;
    this.#next = next;
    this.#attempt = attempt;
  }

  get priority(): Priority {
    return this.#attempt.call.priority;
  }

  onGranted(permit: Permit): void {
    this.#permit = permit;
    this.#wake?.();
  }

  onShed(): void {
    this.#refusal = 'shed';
    this.#wake?.();
  }

  /** Waits for a permit, and runs with it. */
  run(): Promise<unknown> {
    const attempt = this.#attempt;
    const place = this.#permits.enqueue(this);
    if (place === undefined) return rejectAttempt(this.#parts, this.#permits, 'queue_full', attempt);
    const untilStartMs = attempt.mustStartByMs - monotonicMs();
    const maxWaitMs = Math.min(this.#parts.settings.queueTimeoutMs, attempt.patienceMs(), untilStartMs);
    const waited = attempt.wait(maxWaitMs, (wake) => {
      this.#wake = wake;
    });
    return waited.then(
      () => {
        this.#permits.leave(place);
        if (this.#permit === undefined) return rejectAttempt(this.#parts, this.#permits, this.#refusal, attempt);
        return runWith(this.#parts, this.#permits, this.#permit, this.#next, attempt);
      },
      (error: unknown) => {
        this.#permits.leave(place);
        // Granted in the moment in which the attempt was interrupted.
        if (this.#permit !== undefined) this.#permits.release();
        throw error;
      },
    );
  }
}

/** Rejects an attempt that gets no permit. */
export function rejectAttempt(
  { listener, typicalMs }: ConcurrencyParts,
  permits: Permits,
  refusal: CapacityRefusal,
  attempt: StageAttempt,
): Promise<never> {
  const { limit, waiting, abandoned } = permits;
  const retryAfterMs = Math.ceil(((typicalMs(attempt) ?? 0) * (waiting + 1)) / limit);
  const rejection = { refusal, limit, waiting, abandoned, retryAfterMs };
  listener.capacityRejected(attempt, rejection);
  const { operation, key } = attempt;
  return attempt.reject(
    'capacity',
    withoutStack(() => new CapacityError({ operation, key, ...rejection })),
  );
}

/** Tells an adaptive limit how the provider bears its load. */
function recordLoad(permits: Permits, permit: Permit, attempt: StageAttempt, outcome: AttemptOutcome): void {
  if (outcome.status === 'success') {
    // A success after a refusal is no news.
    if (attempt.attempt === 1) permits.recordSuccess(permit, monotonicMs);
  } else if (isRefusal(attempt, outcome)) permits.recordRefusal(permit, monotonicMs());
}

/** Tells an adaptive limit how long the provider takes for its work. */
function watchDelay(permits: Permits, attempt: StageAttempt, delay: DelayMeasure): void {
  attempt.onObservation(({ usage, firstContentMs }) => {
    const nowMs = monotonicMs();
    const { outputTokens = 0 } = usage ?? {};
    const pace = outputTokens === 0 ? undefined : (nowMs - attempt.startedAtMs) / outputTokens;
    const sample = delay === 'pace' ? pace : firstContentMs;
    if (sample !== undefined && sample > 0) permits.recordDelay(sample, nowMs);
  });
}

function isRefusal(attempt: StageAttempt, outcome: AttemptOutcome): boolean {
  if (outcome.status !== 'failure' || !attempt.invoked || attempt.interruption !== undefined) return false;
  const { kind, retryAfterMs = 0 } = attempt.failureOf(outcome.error);
  return kind === 'overloaded' || (kind === 'rate_limited' && retryAfterMs <= LONGEST_LOAD_HINT_MS);
}
