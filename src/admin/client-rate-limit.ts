import { Check, type NumberRule, readOnce } from '../input/index.js';
import { monotonicMs } from '../runtime/index.js';

/** How often one client may ask. Every part is optional. */
export interface ClientRateLimitOptions {
  /** How long to wait between two requests, in milliseconds; 0 is not at all. Default 1 000. */
  readonly cooldownMs?: number | undefined;
  /** Requests within any 60 seconds. Default 60. */
  readonly maxPerMinute?: number | undefined;
  /** Requests within any 60 minutes. Default 1 000. */
  readonly maxPerHour?: number | undefined;
  /**
   * How many clients are remembered; beyond it, those that were let through longest ago are forgotten. Default 5 000:
   * about 50 MB when each of them asks as often as it may for an hour, next to nothing when they ask now and then.
   */
  readonly maxClients?: number | undefined;
}

/** Options with nothing left open. */
interface ClientRateLimitRules {
  readonly cooldownMs: number;
  readonly maxPerMinute: number;
  readonly maxPerHour: number;
  readonly maxClients: number;
}

/** The longest that anything is remembered. */
const HOUR_MS = 3_600_000;

const OPTIONS = ['cooldownMs', 'maxPerMinute', 'maxPerHour', 'maxClients'];
const COUNT: NumberRule = { min: 1, max: 100_000, integer: true };

/**
 * The options, read once and checked, with defaults filled in.
 *
 * @throws {ConfigurationError} naming everything that is wrong with them.
 */
export function clientRateLimitRules(given: ClientRateLimitOptions): ClientRateLimitRules {
  const options = readOnce('options', given);
  const check = new Check();
  if (check.fields('options', options, OPTIONS) !== undefined) {
    check.number('options.cooldownMs', options.cooldownMs, { min: 0, max: HOUR_MS });
    check.number('options.maxPerMinute', options.maxPerMinute, COUNT);
    check.number('options.maxPerHour', options.maxPerHour, COUNT);
    check.number('options.maxClients', options.maxClients, { min: 1, max: 1_000_000, integer: true });
  }
  check.throwIfInvalid();
  return {
    cooldownMs: options.cooldownMs ?? 1_000,
    maxPerMinute: options.maxPerMinute ?? 60,
    maxPerHour: options.maxPerHour ?? 1_000,
    maxClients: options.maxClients ?? 5_000,
  };
}

const MINUTE_MS = 60_000;

/** Whether a request is let through. */
export type ClientRateLimitVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** The limit that takes longest to give way. */
      readonly limit: 'cooldown' | 'minute' | 'hour';
      /** When the same request would be let through, in milliseconds from now. */
      readonly retryAfterMs: number;
    };

/** How a client stands. */
export interface ClientRateLimitStatus {
  readonly requestsLastMinute: number;
  readonly requestsLastHour: number;
  readonly maxPerMinute: number;
  readonly maxPerHour: number;
  /** How long until the cooldown is over, in milliseconds; 0 when it is. */
  readonly cooldownRemainingMs: number;
}

/**
 * How often each client may send something to be validated. Windows slide: each request counts for exactly a minute
 * and an hour. One that is refused counts nowhere, so that asking too early costs nothing but the answer.
 *
 * A client is forgotten an hour after it was last let through, without a timer: the next request clears it away. At
 * most `maxPerHour` numbers are kept of each client, and at most `maxClients` clients.
 */
export class ClientRateLimit {
  readonly #rules: ClientRateLimitRules;
  /** In the order in which they were last let through. */
  readonly #logs = new Map<string, RequestLog>();

  /** @throws {ConfigurationError} naming everything that is wrong with the options. */
  constructor(options: ClientRateLimitOptions = {}) {
    this.#rules = clientRateLimitRules(options);
  }

  /**
   * Asks for one request of a client, and counts it when it is let through.
   *
   * @throws {ConfigurationError} when `client` is no string of 1 to 256 characters.
   */
  take(client: string): ClientRateLimitVerdict {
    checkClient(client);
    const nowMs = monotonicMs();
    this.#forgetIdle(nowMs);
    const log = this.#logs.get(client) ?? new RequestLog();
    log.prune(nowMs);
    const refusal = this.#refusal(log, nowMs);
    if (refusal !== undefined) return refusal;
    log.add(nowMs);
    this.#logs.delete(client);
    this.#logs.set(client, log);
    if (this.#logs.size > this.#rules.maxClients) this.#forgetFirst();
    return { allowed: true };
  }

  /**
   * How a client stands. Looking counts nowhere.
   *
   * @throws {ConfigurationError} when `client` is no string of 1 to 256 characters.
   */
  status(client: string): ClientRateLimitStatus {
    checkClient(client);
    const { maxPerMinute, maxPerHour, cooldownMs } = this.#rules;
    const nowMs = monotonicMs();
    this.#forgetIdle(nowMs);
    const log = this.#logs.get(client);
    log?.prune(nowMs);
    return {
      requestsLastMinute: log?.countAfter(nowMs - MINUTE_MS) ?? 0,
      requestsLastHour: log?.countAfter(nowMs - HOUR_MS) ?? 0,
      maxPerMinute,
      maxPerHour,
      cooldownRemainingMs: Math.max(0, (log?.lastMs ?? -Infinity) + cooldownMs - nowMs),
    };
  }

  /** Forgets what one client has asked for, or all of them. */
  reset(client?: string): void {
    if (client === undefined) this.#logs.clear();
    else this.#logs.delete(client);
  }

  /** How many clients are remembered. */
  get clients(): number {
    return this.#logs.size;
  }

  #refusal(log: RequestLog, nowMs: number): ClientRateLimitVerdict | undefined {
    const { cooldownMs, maxPerMinute, maxPerHour } = this.#rules;
    const waits = [
      { limit: 'hour', retryAfterMs: log.latestMs(maxPerHour) + HOUR_MS - nowMs },
      { limit: 'minute', retryAfterMs: log.latestMs(maxPerMinute) + MINUTE_MS - nowMs },
      { limit: 'cooldown', retryAfterMs: log.lastMs + cooldownMs - nowMs },
    ] as const;
    const longest = waits.reduce((one, other) => (other.retryAfterMs > one.retryAfterMs ? other : one));
    return longest.retryAfterMs > 0 ? { allowed: false, ...longest } : undefined;
  }

  #forgetIdle(nowMs: number): void {
    for (const [client, log] of this.#logs) {
      if (log.lastMs > nowMs - HOUR_MS) return;
      this.#logs.delete(client);
    }
  }

  #forgetFirst(): void {
    for (const client of this.#logs.keys()) {
      this.#logs.delete(client);
      return;
    }
  }
}

function checkClient(client: unknown): void {
  const check = new Check();
  check.name('client', client);
  check.throwIfInvalid();
}

/** When one client was let through within the last hour, exactly. */
class RequestLog {
  /** Ascending. */
  #times: number[] = [];
  /** Where those of the last hour begin. */
  #first = 0;

  /** Notes one. */
  add(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** Forgets what is older than an hour. */
  prune(nowMs: number): void {
    while ((this.#times[this.#first] ?? Infinity) <= nowMs - HOUR_MS) this.#first += 1;
    // Moving the rest at each step would cost as much as there is.
    if (this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The latest; -Infinity when there is none. */
  get lastMs(): number {
    return this.#times.length > this.#first ? (this.#times.at(-1) ?? -Infinity) : -Infinity;
  }

  /** The one before which `count - 1` others came later; -Infinity when there are not so many. */
  latestMs(count: number): number {
    const index = this.#times.length - count;
    return index >= this.#first ? (this.#times[index] ?? -Infinity) : -Infinity;
  }

  /** How many came after a moment. */
  countAfter(momentMs: number): number {
    let low = this.#first;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? Infinity) > momentMs) high = middle;
      else low = middle + 1;
    }
    return this.#times.length - low;
  }
}
