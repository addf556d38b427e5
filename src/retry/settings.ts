import {
  inherit,
  type NumberRule,
  numberWithin,
  oneOf,
  orFalse,
  type Part,
  part,
  partOrBoolean,
  partOrFalse,
  type Refuse,
  type Setting,
  type SettingsOf,
  setting,
} from '../input/index.js';
import type { FailureKind } from '../pipeline/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import type { BackoffStrategy } from './backoff.js';
import type { Jitter } from './jitter.js';

/** The kinds of failure that can be retried. The caller of a cancelled call no longer waits for it. */
export type RetryableKind = Exclude<FailureKind, 'cancelled'>;

/**
 * How often to try, and how long to wait in between. Defaults adjust to the settings that are given: `maxDelayMs: 1000`
 * alone lowers the default of `minDelayMs` to 1000.
 */
export interface KindSettings {
  /** The most attempts of a call, counting the first and failures of other kinds. 1: no retries. Default 3. */
  readonly maxAttempts?: number | undefined;
  /** How the wait grows from one retry to the next. Default `exponential`. */
  readonly strategy?: BackoffStrategy | undefined;
  /**
   * The shortest wait before jitter, from which waits grow, in milliseconds. Default 2 000. The default of
   * kind `overloaded` is twice that of the others.
   */
  readonly minDelayMs?: number | undefined;
  /** The longest wait with jitter, in milliseconds. Only a wait that the provider asked for may be longer. Default 10 000. */
  readonly maxDelayMs?: number | undefined;
  /** Scales every wait, above 0 to 1 000. The strategy decides how waits grow. Default 1. */
  readonly multiplier?: number | undefined;
  /**
   * How waits are randomised. Default `equal`: with `full`, many retries come too soon for a quota or an overloaded model
   * to recover, and spreading over half of the wait keeps callers apart as well.
   */
  readonly jitter?: Jitter | undefined;
  /**
   * The most that `additive` jitter adds, and the most by which a wait that the provider asked for is lengthened, in
   * milliseconds. Default 2 000.
   */
  readonly jitterMaxMs?: number | undefined;
}

/** Settings of the retry budget. */
export interface BudgetSettings {
  /** Retries that each success pays for, 0 to 1. Default 0.2. */
  readonly ratio?: number | undefined;
  /** Free retries per second, so that a quiet service can retry. Default 5. */
  readonly floorPerSecond?: number | undefined;
  /** Retries that can be saved up, from 1. Default twice `floorPerSecond`, and at least 10. */
  readonly burst?: number | undefined;
}

/** Whether and how to retry: plain data, every part optional. */
export interface RetrySettings extends KindSettings {
  /**
   * No retry starts later than this after the start of its call, in ms; `false`: limited only by the deadline.
   * Default 30 000, or three times the longest `maxDelayMs` (also of `kinds`) if that is more.
   */
  readonly maxElapsedMs?: number | false | undefined;
  /**
   * Settings of single kinds of failure; omitted ones are as in `retry`. `false`: never retry the kind. `true` or settings:
   * retry it, even if it is not retried by default. Retried by default are `timeout`, `overloaded`,
   * `rate_limited`, `network` and `server_error`, except for failures that the provider forbids to retry.
   */
  readonly kinds?: Readonly<Partial<Record<RetryableKind, KindSettings | boolean | undefined>>> | undefined;
  /** Limits the retries of all calls together; `false`: no limit. */
  readonly budget?: BudgetSettings | false | undefined;
}

/** Whether each kind is retried when no setting says so. */
export const RETRIED: Readonly<Record<RetryableKind, boolean>> = {
  timeout: true,
  quota_exhausted: false,
  context_length: false,
  content_policy: false,
  overloaded: true,
  rate_limited: true,
  auth: false,
  not_found: false,
  invalid_request: false,
  network: true,
  server_error: true,
  unknown: false,
};

/** The allowed number of attempts. */
const ATTEMPTS: NumberRule = { min: 1, max: 1_000, integer: true };
/** The allowed wait. */
const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };
/** The allowed multiplier. */
const MULTIPLIER: NumberRule = { above: 0, max: 1_000 };
const ELAPSED: NumberRule = { min: 1, max: LONGEST_TIMER_MS };

const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'linear', 'exponential', 'fibonacci'];
const JITTERS: readonly Jitter[] = ['none', 'full', 'equal', 'decorrelated', 'additive'];

/** Appended for names from libraries whose factor makes waits grow. */
const SCALES = ', which scales every wait: the strategy decides how waits grow';
/** Appended for names from libraries that count retries. */
const ONE_MORE = ', which counts the first attempt too';

const BACKOFF: SettingsOf<KindSettings, keyof KindSettings> = {
  maxAttempts: setting(numberWithin(ATTEMPTS), {
    default: 3,
    recommended: [1, 10],
    outside: [1, 10],
    description: 'The most attempts of a call, counting the first and failures of other kinds. 1: no retries.',
    advice: '3 suits most calls; 1 means no retries.',
    alsoCalled: {
      retries: ONE_MORE,
      maxRetries: ONE_MORE,
      attempts: '',
      retryAttempts: '',
      numOfAttempts: '',
      maxTries: '',
    },
  }),
  strategy: setting(oneOf(STRATEGIES), {
    default: 'exponential',
    description:
      'How the wait grows from one retry to the next. `fixed`: 1, 1, 1, 1. `linear`: 1, 2, 3, 4. ' +
      '`exponential`: 1, 2, 4, 8. `fibonacci`: 1, 1, 2, 3.',
    advice: "'exponential' suits most services.",
    alsoCalled: { backoff: '', backoffStrategy: '', backoffType: '' },
  }),
  minDelayMs: setting(numberWithin(WAIT), {
    unit: 'milliseconds',
    default: 2_000,
    givesWayTo: 'maxDelayMs',
    recommended: [500, 10_000],
    outside: [0, 10_000],
    suspectBelowMs: 100,
    description:
      'The shortest wait before jitter, from which waits grow. Kind `overloaded` waits twice as long by default.',
    advice: 'Write milliseconds, 500 to 10000: 2000 suits most services.',
    alsoCalled: { minTimeout: '', initialDelay: '', baseDelay: '', retryDelay: '', delay: '', exponentialMin: '' },
  }),
  maxDelayMs: setting(numberWithin(WAIT), {
    unit: 'milliseconds',
    default: 10_000,
    givesWayTo: 'minDelayMs',
    recommended: [5_000, 120_000],
    outside: [0, 120_000],
    suspectBelowMs: 100,
    description: 'The longest wait with jitter. Only a wait that the provider asked for may be longer.',
    advice: 'Write milliseconds, 5000 to 120000: 10000 suits most services.',
    alsoCalled: { maxTimeout: '', maxBackoff: '', exponentialMax: '' },
  }),
  multiplier: setting(numberWithin(MULTIPLIER), {
    default: 1,
    recommended: [0.1, 5],
    description: 'Scales every wait. The strategy decides how waits grow.',
    advice: 'Write 0.1 to 5: 1 leaves waits as they are.',
    alsoCalled: { factor: SCALES, exponent: SCALES, exponentialMultiplier: SCALES },
  }),
  jitter: setting(oneOf(JITTERS), {
    default: 'equal',
    description:
      'How waits are randomised. `none`: not at all. `full`: from 0 to the whole wait. ' +
      '`equal`: the upper half of it. `decorrelated`: from `minDelayMs` to three times the previous wait. ' +
      '`additive`: adds up to `jitterMaxMs`.',
    advice: "'equal' suits most services.",
    alsoCalled: { randomize: ": 'full' or 'none'", jitterEnabled: ": 'additive' or 'none'" },
  }),
  jitterMaxMs: setting(numberWithin(WAIT), {
    unit: 'milliseconds',
    default: 2_000,
    givesWayTo: 'minDelayMs',
    recommended: [100, 10_000],
    outside: [0, 10_000],
    suspectBelowMs: 100,
    description:
      'The most that `additive` jitter adds, and the most by which a wait that the provider asked for is lengthened.',
    advice: 'Write milliseconds, 100 to 10000: 2000 suits most services.',
  }),
};

const KIND_SETTINGS: Part<KindSettings> = part(
  inherit(
    BACKOFF,
    (name) => (name === 'minDelayMs' ? 'as in `retry`; twice that for `overloaded`' : 'as in `retry`'),
    'retry',
  ),
  {
    id: 'kind',
    description: 'Settings of one kind of failure. Settings that are left out are as in `retry`.',
  },
);

function declareKind(isRetried: boolean, description: string): Setting<KindSettings | boolean> {
  const absent = isRetried ? 'it is retried' : 'it is not retried';
  return setting(partOrBoolean(KIND_SETTINGS), { description, absent });
}

type Kinds = NonNullable<RetrySettings['kinds']>;

const KINDS_SETTINGS: Part<Kinds> = part(
  {
    timeout: declareKind(RETRIED.timeout, 'An attempt or a request ran out of time.'),
    quota_exhausted: declareKind(RETRIED.quota_exhausted, 'A quota is used up, and waiting does not help.'),
    context_length: declareKind(RETRIED.context_length, 'The prompt is too long for the model.'),
    content_policy: declareKind(RETRIED.content_policy, 'The provider refuses the content.'),
    overloaded: declareKind(RETRIED.overloaded, 'The provider has no capacity at the moment.'),
    rate_limited: declareKind(RETRIED.rate_limited, 'Too many requests or tokens for a while.'),
    auth: declareKind(RETRIED.auth, 'The key is missing, wrong, or not allowed to do this.'),
    not_found: declareKind(RETRIED.not_found, 'There is no such model or address.'),
    invalid_request: declareKind(RETRIED.invalid_request, 'The request itself is wrong.'),
    network: declareKind(RETRIED.network, 'The provider was not reached, or the connection broke.'),
    server_error: declareKind(RETRIED.server_error, 'The provider failed.'),
    unknown: declareKind(RETRIED.unknown, 'The error gives no evidence of its cause.'),
  },
  {
    id: 'kinds',
    description:
      'Settings of single kinds of failure. `false`: never retry it. `true` or settings: retry it, even if it ' +
      'is not retried by default.',
  },
);

/** Declares {@link BudgetSettings}. */
export const BUDGET_SETTINGS: Part<BudgetSettings, 'ratio' | 'floorPerSecond'> = part(
  {
    ratio: setting(numberWithin({ min: 0, max: 1 }), {
      default: 0.2,
      description: 'Retries that each success pays for.',
      advice: 'Write 0 to 1: 0.2 lets every fifth call be retried.',
    }),
    floorPerSecond: setting(numberWithin({ min: 0, max: 1_000_000 }), {
      default: 5,
      outside: [0, 100],
      description: 'Free retries per second, so that a quiet service can retry.',
      advice: '5 suits most services.',
    }),
    burst: setting(numberWithin({ min: 1, max: 1_000_000 }), {
      computed: 'twice `floorPerSecond`, and at least 10',
      outside: [1, 1_000],
      description: 'Retries that can be saved up.',
      advice: 'Write at least 1: 10 suits most services.',
    }),
  },
  {
    id: 'budget',
    description: 'Limits the retries of all calls of an operation together.',
    conflicts: (budget, refuse) => {
      if (budget.ratio !== 0 || budget.floorPerSecond !== 0) return;
      const suggestion = "Write 'maxAttempts: 1' for no retries.";
      refuse([], 'must have a ratio or a floorPerSecond above 0', budget, suggestion);
    },
  },
);

/** Appended for names from libraries that take a function. */
const BY_KIND = ', by the kind of failure';

/** Declares {@link RetrySettings}. */
export const RETRY_SETTINGS: Part<RetrySettings, keyof KindSettings> = part(
  {
    ...BACKOFF,
    maxElapsedMs: setting(orFalse(numberWithin(ELAPSED)), {
      unit: 'milliseconds',
      computed: '30 000, or three times the longest `maxDelayMs` (also of `kinds`) if that is more',
      recommended: [5_000, 600_000],
      outside: [1, 600_000],
      suspectBelowMs: 1_000,
      refuseBelowMs: 100,
      description:
        'No retry starts later than this after the start of its call. `false`: limited only by the deadline.',
      advice: 'Write milliseconds, 5000 to 600000, or false: 30000 suits most calls.',
      alsoCalled: { maxRetryTime: '', maxDelaySeconds: '' },
    }),
    kinds: setting(KINDS_SETTINGS, {
      description: 'Settings of single kinds of failure.',
      advice: 'Write settings by kind, such as { rate_limited: { maxAttempts: 5 } }.',
      alsoCalled: { shouldRetry: BY_KIND, retryIf: BY_KIND, handleWhen: BY_KIND },
    }),
    budget: setting(partOrFalse(BUDGET_SETTINGS), {
      description: 'Limits the retries of all calls of an operation together. `false`: no limit.',
      advice: 'Write settings, such as { ratio: 0.2 }.',
    }),
  },
  {
    id: 'retry',
    description: 'How often to retry, and how long to wait in between.',
    conflicts: (retry, refuse) => {
      const limitMs = retry.maxElapsedMs === undefined || retry.maxElapsedMs === false ? Infinity : retry.maxElapsedMs;
      refuseDelays(retry, [], limitMs, refuse);
      for (const [kind, own] of Object.entries(retry.kinds ?? {})) {
        if (typeof own === 'object') refuseDelays(own, ['kinds', kind], limitMs, refuse);
      }
    },
  },
);

function refuseDelays(settings: KindSettings, path: readonly string[], limitMs: number, refuse: Refuse): void {
  const { minDelayMs, maxDelayMs } = settings;
  if (minDelayMs === undefined) return;
  if (maxDelayMs !== undefined && maxDelayMs < minDelayMs) {
    const suggestion = suggestDelays(minDelayMs, maxDelayMs);
    refuse([...path, 'maxDelayMs'], 'must not be shorter than minDelayMs', maxDelayMs, suggestion);
  }
  if (minDelayMs > limitMs) {
    refuse([...path, 'minDelayMs'], 'must not be longer than maxElapsedMs: there would be no retries', minDelayMs);
  }
}

/** Suggests delays between which waits can grow. */
export function suggestDelays(minDelayMs: number, maxDelayMs: number): string {
  return `Write ${maxDelayMs / 2} for minDelayMs, or ${Math.max(minDelayMs, maxDelayMs) * 2} for maxDelayMs.`;
}
