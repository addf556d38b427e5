import { Check } from '../../errors/errors.js';
import { monotonicMs } from '../../runtime/runtime.js';
import {
  type ClientRateLimitOptions,
  type ClientRateLimitRules,
  clientRateLimitRules,
  HOUR_MS,
} from './rate-limit-options.js';
import { RequestLog } from './request-log.js';

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
 * A client is forgotten an hour after it was last let through, with no timer: whoever comes next clears it away. Of
 * each no more than `maxPerHour` numbers are kept, and of no more than `maxClients`.
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
  check.done();
}
