import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createResilience } from 'holdfast';
import { BreakerOpenError, CircuitBreaker } from 'holdfast/breaker';

const failing = () => {
  throw new Error('down');
};

describe('a breaker', () => {
  it('opens after its failures, then rejects without calling', async () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 2 } });
    await assert.rejects(breaker.execute(failing), /down/);
    assert.equal(breaker.state, 'closed');
    await assert.rejects(breaker.execute(failing), /down/);
    assert.equal(breaker.state, 'open');

    let calls = 0;
    await assert.rejects(
      breaker.execute(() => {
        calls += 1;
      }),
      (error) => error instanceof BreakerOpenError && (error.retryAfterMs ?? 0) > 0,
    );
    assert.equal(calls, 0);
    breaker.shutdown();
  });

  it('becomes half-open, and is closed by a call that succeeds', async () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 }, openMs: 1 });
    const closed = new Promise((resolve) => breaker.on('*', () => breaker.state === 'half_open' && resolve(undefined)));
    await assert.rejects(breaker.execute(failing), /down/);
    const alive = setInterval(() => undefined, 1_000);
    await closed;
    clearInterval(alive);
    assert.equal(await breaker.execute(() => 'up'), 'up');
    assert.equal(breaker.state, 'closed');
    breaker.shutdown();
  });

  it('rejects the next call of a Resilience after a failure', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 1 } } } } });
    await assert.rejects(resilience.execute('chat', failing), /down/);
    await assert.rejects(
      resilience.execute('chat', () => 1),
      BreakerOpenError,
    );
    assert.equal(resilience.breaker('chat').state, 'open');
    await resilience.close();
  });
});
