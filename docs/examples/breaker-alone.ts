import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';

// #region execute
const breaker = new CircuitBreaker({
  name: 'search',
  trip: { consecutiveFailures: 3 },
  openMs: 10_000,
  // A caller's own mistake is not a failure of the provider.
  isFailure: (error) => !(error instanceof TypeError),
});

breaker.on('breaker.opened', ({ cause, waitMs }) => console.log(`opened by ${cause}, for ${waitMs} ms`));

for (let call = 1; call <= 4; call += 1) {
  try {
    await breaker.execute(async () => {
      throw new Error('503');
    });
  } catch (error) {
    console.log(BreakerOpenError.is(error) ? error.refusal : 'failed', breaker.state);
  }
}
// #endregion

breaker.shutdown();
