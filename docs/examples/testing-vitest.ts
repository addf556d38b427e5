import { createResilience, DeadlineExceededError, type Resilience } from 'holdfast';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let resilience: Resilience;

beforeEach(() => {
  vi.useFakeTimers();
  // New for each test: no breaker, hold, budget or number of an earlier one. Waits are the shortest of their range.
  resilience = createResilience({ preset: 'none', random: () => 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

it('waits as long as the provider asks', async () => {
  const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20' } });
  const ask = vi.fn().mockRejectedValueOnce(limited).mockResolvedValue('Hello');
  const answer = resilience.execute('chat', ask);

  await vi.advanceTimersByTimeAsync(19_999);
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(await answer).toBe('Hello');
});

it('gives up on a provider that hangs', async () => {
  const hang = () => new Promise(() => undefined);
  // Expected before the time passes: a rejection that nothing awaits would fail the run.
  const gaveUp = expect(resilience.execute('chat', hang, { deadlineMs: 5_000 })).rejects.toThrow(DeadlineExceededError);

  await vi.advanceTimersByTimeAsync(5_000);
  await gaveUp;
});

it('stops asking a provider that is down, and tries again after a minute', async () => {
  const once = { settings: { retry: false } } as const;
  const down = () => Promise.reject(Object.assign(new Error('down'), { status: 500 }));
  for (let call = 1; call <= 5; call += 1) await resilience.inspect('chat', down, once);
  expect(resilience.breaker('chat').state).toBe('open');

  await vi.advanceTimersByTimeAsync(60_000);
  expect(await resilience.execute('chat', () => 'Hello', once)).toBe('Hello');
});
