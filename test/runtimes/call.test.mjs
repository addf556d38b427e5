import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import {
  AttemptTimeoutError,
  createResilience,
  DeadlineExceededError,
  explain,
  HoldfastError,
  ResilienceClosedError,
} from 'holdfast';

// Timers of the package keep no process alive, so this one does while a test waits for one of them.
const alive = setInterval(() => undefined, 1_000);
after(() => clearInterval(alive));

/** @returns {Promise<never>} */
const never = () => new Promise(() => undefined);

describe('a call', () => {
  it('gives the result of the function', async () => {
    const resilience = createResilience();
    assert.equal(await resilience.execute('chat', (call) => `attempt ${call.attempt}`), 'attempt 1');
    assert.equal(resilience.stats('chat').successes, 1);
    await resilience.close();
  });

  it('rejects with the very error of the function, and explains it', async () => {
    const resilience = createResilience();
    const error = new TypeError('of the caller');
    await assert.rejects(
      resilience.execute('chat', () => {
        throw error;
      }),
      (thrown) => thrown === error,
    );
    assert.equal(explain(error)?.operation, 'chat');
    await resilience.close();
  });

  it('ends at its deadline, though the function ignores the signal', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 20, attemptTimeoutMs: false } } });
    await assert.rejects(resilience.execute('chat', never), DeadlineExceededError);
    await resilience.close();
  });

  it('ends when an attempt takes too long', async () => {
    const resilience = createResilience({ config: { defaults: { attemptTimeoutMs: 20, retry: false } } });
    await assert.rejects(resilience.execute('chat', never), (error) => {
      assert.ok(error instanceof AttemptTimeoutError);
      assert.ok(HoldfastError.is(error));
      assert.equal(error.code, 'HOLDFAST_ATTEMPT_TIMEOUT');
      return true;
    });
    await resilience.close();
  });

  it('ends with the abort reason of its caller, and aborts the signal of the function', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const reason = new Error('the user left');
    /** @type {AbortSignal | undefined} */
    let seen;
    const pending = resilience.execute(
      'chat',
      (call) => {
        seen = call.signal;
        return never();
      },
      { signal: abort.signal },
    );
    queueMicrotask(() => abort.abort(reason));
    await assert.rejects(pending, (thrown) => thrown === reason);
    assert.equal(seen?.aborted, true);
    await resilience.close();
  });

  it('is rejected after close()', async () => {
    const resilience = createResilience();
    await resilience.close();
    await assert.rejects(
      resilience.execute('chat', () => 1),
      ResilienceClosedError,
    );
  });
});
