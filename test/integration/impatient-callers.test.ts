import { type Call, createResilience, type ExecuteOptions, type Resilience } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const USUAL_MS = 100;
/** Calls that succeed before anybody knows how long they usually take. */
const ENOUGH = 20;

/** A function that takes this long, and ends when it is told to. */
const taking = (ms: number) => (call: Call) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    call.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(call.signal.reason);
    });
  });

/** An operation whose breaker opens at the second failure in a row, and that has often taken its usual time. */
async function practised(calls: number): Promise<Resilience> {
  const breaker = { trip: { consecutiveFailures: 2 } };
  const resilience = createResilience({ config: { defaults: { retry: false, breaker } } });
  for (let call = 0; call < calls; call += 1) {
    await Promise.all([resilience.execute('chat', taking(USUAL_MS)), pass(USUAL_MS)]);
  }
  return resilience;
}

async function impatient(resilience: Resilience, takesMs: number, options: ExecuteOptions): Promise<void> {
  for (let call = 0; call < 3; call += 1) {
    await Promise.all([errorOf(resilience.execute('chat', taking(takesMs), options)), pass(takesMs)]);
  }
}

describe('calls with less time than they usually take', () => {
  it.each([
    { by: 'a deadline of their own', options: { deadlineMs: 40 } },
    { by: 'an attempt timeout of their own', options: { settings: { attemptTimeoutMs: 40 } } },
  ])('do not open the breaker, by $by', async ({ options }) => {
    const resilience = await practised(ENOUGH);
    await impatient(resilience, USUAL_MS, options);
    expect(resilience.breaker('chat').state).toBe('closed');
    expect(resilience.stats('chat').failuresByKind).toEqual({ timeout: 3 });
    expect(resilience.breaker('chat').stats().ignored).toBe(3);
  });

  it('open the breaker when the provider takes longer than usual and they have waited that long', async () => {
    const resilience = await practised(ENOUGH);
    await impatient(resilience, 10 * USUAL_MS, { deadlineMs: USUAL_MS + 10 });
    expect(resilience.breaker('chat').state).toBe('open');
  });

  it('open the breaker while the usual time is not known', async () => {
    const resilience = await practised(ENOUGH - 1);
    await impatient(resilience, USUAL_MS, { deadlineMs: 40 });
    expect(resilience.breaker('chat').state).toBe('open');
  });
});
