// @ts-check
import {
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleAll,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import Opossum from 'opossum';

/** @typedef {import('opossum').Options} OpossumOptions */
/** @typedef {() => Promise<unknown>} Work */

const ATTEMPT_TIMEOUT_MS = 60_000;
const AN_HOUR_MS = 3_600_000;

/**
 * opossum as `new CircuitBreaker(work)` gives it: timeout 10 s, percentiles, a snapshot a second.
 * @param {Work} work
 * @param {OpossumOptions} [options]
 */
export function opossumDefault(work, options = {}) {
  return new Opossum(work, { ...options });
}

/**
 * opossum with its costly statistics off and our timeout: the quickest it can be while it keeps one.
 * @param {Work} work
 * @param {OpossumOptions} [options]
 */
export function opossumTuned(work, options = {}) {
  return new Opossum(work, {
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    timeout: ATTEMPT_TIMEOUT_MS,
    ...options,
  });
}

/**
 * Three retries, with every other option given as p-retry's own default. It copies its options at each call and adds the
 * missing ones, one by one, which takes longer (5 to 14 us on Node 20) than all the rest: this is its quickest form.
 */
export const EVERY_P_RETRY_OPTION = {
  retries: 3,
  factor: 2,
  minTimeout: 1_000,
  maxTimeout: Number.POSITIVE_INFINITY,
  maxRetryTime: Number.POSITIVE_INFINITY,
  randomize: false,
  onFailedAttempt: () => undefined,
  shouldRetry: () => true,
  shouldConsumeRetry: () => true,
};

/** cockatiel's breaker by consecutive failures, as our default is. */
export function cockatielBreaker() {
  return circuitBreaker(handleAll, { halfOpenAfter: AN_HOUR_MS, breaker: new ConsecutiveBreaker(5) });
}

/** cockatiel's breaker by failure rate, which never trips here. */
export function cockatielSamplingBreaker() {
  const breaker = new SamplingBreaker({ threshold: 0.999, duration: 60_000, minimumRps: 1e9 });
  return circuitBreaker(handleAll, { halfOpenAfter: AN_HOUR_MS, breaker });
}

/** Three attempts after the first, a breaker. */
export function cockatielRetryAndBreaker() {
  return wrap(retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(1_000) }), cockatielBreaker());
}

/**
 * Three attempts after the first, a breaker, a timeout for each attempt. Only the aggressive timeout settles a call whose
 * function ignores the signal, as ours do; the cooperative one waits for it.
 * @param {'aggressive' | 'cooperative'} strategy
 */
export function cockatielStack(strategy) {
  const kind = strategy === 'aggressive' ? TimeoutStrategy.Aggressive : TimeoutStrategy.Cooperative;
  return wrap(
    retry(handleAll, { maxAttempts: 3, backoff: new ConstantBackoff(1_000) }),
    cockatielBreaker(),
    timeout(ATTEMPT_TIMEOUT_MS, kind),
  );
}
