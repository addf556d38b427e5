import assert from 'node:assert/strict';
import test, { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createResilience } from 'holdfast';

let nowMs = 0;

/** Lets time pass. The mocks of `node:test` leave the monotonic clock alone, by which holdfast measures durations. */
async function pass(ms: number): Promise<void> {
  await setImmediate(); // first, what is under way sets its timers
  nowMs += ms;
  mock.timers.tick(ms);
}

test('waits as long as the provider asks', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  mock.method(performance, 'now', () => nowMs);
  const resilience = createResilience({ preset: 'none', random: () => 0 });
  const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20' } });
  const ask = mock.fn(() => 'Hello');
  ask.mock.mockImplementationOnce(() => {
    throw limited;
  });

  const answer = resilience.execute('chat', ask);
  await pass(19_999);
  assert.equal(ask.mock.callCount(), 1);
  await pass(1);
  assert.equal(await answer, 'Hello');
  mock.reset();
});
