import { Check, type NumberRule, readOnce } from '../input/index.js';
import { monotonicMs } from '../runtime/index.js';

/** How often one client may send requests. Every part is optional. */
export interface ClientRateLimitOptions {
  /** The shortest time between two requests, in milliseconds; 0: none. Default 1 000. */
  readonly cooldownMs?: number | undefined;
  /** Requests within any 60 seconds. Default 60. */
  readonly maxPerMinute?: number | undefined;
  /** Requests within any 60 minutes. Default 1 000. */
  readonly maxPerHour?: number | undefined;
  /**
   * The most clients that are remembered; beyond it, removes the one whose last admitted request is oldest. Default 5 000:
   * about 50 MB if each client uses its limits for an hour.
   */
  readonly maxClients?: number | undefined;
}

/** Options with all defaults filled in. */
interface ClientRateLimitRules {
  readonly cooldownMs: number;
  readonly maxPerMinute: number;
  readonly maxPerHour: number;
  readonly maxClients: number;
}

/** The longest that a request is remembered. */
const HOUR_MS = 3_600_000;

const OPTIONS = ['cooldownMs', 'maxPerMinute', 'maxPerHour', 'maxClients'];
const COUNT: NumberRule = { min: 1, max: 100_000, integer: true };

/**
 * Reads and checks the options once, and fills in defaults.
 *
 * @throws {ConfigurationError} listing every issue.
 */
export function parseClientRateLimitOptions(given: ClientRateLimitOptions): ClientRateLimitRules {
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

/** Whether a request is admitted. */
export type ClientRateLimitVerdict =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** The limit that rejects the request; if there are several, the one that does so longest. */
      readonly limit: 'cooldown' | 'minute' | 'hour';
      /** Milliseconds until the same request would be admitted. */
      readonly retryAfterMs: number;
    };

/** What a client has used of its limits. */
export interface ClientRateLimitStatus {
  readonly requestsLastMinute: number;
  readonly requestsLastHour: number;
  readonly maxPerMinute: number;
  readonly maxPerHour: number;
  /** The rest of the cooldown, in milliseconds; 0 if it is over. */
  readonly cooldownRemainingMs: number;
}

/**
 * Limits how often each client may send a config to be validated. Windows slide: each admitted request counts for exactly
 * a minute and an hour. A rejected request does not count.
 *
 * A client is removed an hour after its last admitted request, when the next request of any client arrives; there is no
 * timer. At most `maxPerHour` times of each client are kept, and at most `maxClients` clients.
 *
 * @example
 * ```ts
 * const limit = new ClientRateLimit({ maxPerMinute: 10 });
 * const verdict = limit.take('alice');
 * if (!verdict.allowed) console.log(`retry in ${verdict.retryAfterMs} ms`);
 * ```
 */
export class ClientRateLimit {
  readonly #rules: ClientRateLimitRules;
  /** In the order of their last admitted request. */
  readonly #logs = new Map<string, RequestLog>();

  /** @throws {ConfigurationError} listing every issue with the options. */
  constructor(options: ClientRateLimitOptions = {}) {
    this.#rules = parseClientRateLimitOptions(options);
  }

  /**
   * Decides whether to admit a request of a client, and counts it if so.
   *
   * @throws {ConfigurationError} if `client` is not a string of 1 to 256 characters.
   */
  take(client: string): ClientRateLimitVerdict {
    checkClient(client);
    const nowMs = monotonicMs();
    this.#forgetIdle(nowMs);
    const log = this.#logs.get(client) ?? new RequestLog();
    log.prune(nowMs);
    const refusal = this.#refuse(log, nowMs);
    if (refusal !== undefined) return refusal;
    log.add(nowMs);
    this.#logs.delete(client);
    this.#logs.set(client, log);
    if (this.#logs.size > this.#rules.maxClients) this.#forgetFirst();
    return { allowed: true };
  }

  /**
   * Returns what a client has used of its limits, without counting a request.
   *
   * @throws {ConfigurationError} if `client` is not a string of 1 to 256 characters.
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

  /** Clears the requests of one client, or of all clients. */
  reset(client?: string): void {
    if (client === undefined) this.#logs.clear();
    else this.#logs.delete(client);
  }

  /** The number of clients that are remembered. */
  get clients(): number {
    return this.#logs.size;
  }

  #refuse(log: RequestLog, nowMs: number): ClientRateLimitVerdict | undefined {
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

/** The times of one client's admitted requests within the last hour. */
class RequestLog {
  /** Ascending. */
  #times: number[] = [];
  /** The index of the first one within the last hour. */
  #first = 0;

  /** Adds a request. */
  add(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** Removes requests that are older than an hour. */
  prune(nowMs: number): void {
    while ((this.#times[this.#first] ?? Infinity) <= nowMs - HOUR_MS) this.#first += 1;
    // Removing old ones each time would move all others.
    if (this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The time of the latest request; -Infinity if there is none. */
  get lastMs(): number {
    return this.#times.length > this.#first ? (this.#times.at(-1) ?? -Infinity) : -Infinity;
  }

  /** The time of the `count`th latest request; -Infinity if there are fewer. */
  latestMs(count: number): number {
    const index = this.#times.length - count;
    return index >= this.#first ? (this.#times[index] ?? -Infinity) : -Infinity;
  }

  /** The number of requests after a moment. */
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
