import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';

const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 }, openMs: 10_000 });

/** Stands in for work that ends elsewhere, such as a stream. */
function work(): { status: number; retryAfterMs?: number } {
  return { status: 503, retryAfterMs: 30_000 };
}

// #region admit
const admission = breaker.tryAdmit();
if (admission instanceof Error) {
  // A BreakerOpenError, or a ResilienceClosedError after shutdown(). Nothing was thrown.
  console.log(admission.message);
} else {
  const { status, retryAfterMs = 0 } = work();
  // 'ignored': this outcome is no evidence about the provider's health.
  const outcome = status < 400 ? 'success' : status < 500 ? 'ignored' : 'failure';
  breaker.settle(admission, outcome, { retryAfterMs });
}
// #endregion

const refusal = breaker.tryAdmit();
console.log(BreakerOpenError.is(refusal) && refusal.message);

breaker.shutdown();
