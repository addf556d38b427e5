import {
  CapacityError,
  createResilience,
  explain,
  type HoldfastEvent,
  type PacingSettings,
  toHttpStatus,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';

import { deferred, errorOf } from '../support/calls.js';
import { SlopeProvider } from '../support/simulation/providers.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const paced = (pacing: PacingSettings, others: object = {}) =>
  createResilience({
    config: { operations: { chat: { retry: false, breaker: false, pacing: { rampMs: 0, ...pacing }, ...others } } },
  });

/** The state of the key without a name. */
const keyOf = (resilience: ReturnType<typeof createResilience>) => {
  const [key] = resilience.snapshot().operations['chat']?.keys ?? [];
  if (key === undefined) throw new Error('the operation has been used');
  return key;
};

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('an operation with pacing', () => {
  it('keeps the rate of requests in every minute and uses it up, with 600 callers over ten minutes', async () => {
    const resilience = paced({ requestsPerMinute: 600, burstMs: 2_000, maxWaitMs: 120_000 }, { deadlineMs: false });
    const sentAtMs: number[] = [];
    const startMs = performance.now();
    const caller = async () => {
      while (performance.now() - startMs < 600_000) {
        await resilience.execute('chat', () => {
          sentAtMs.push(performance.now());
          return sleep(1_500);
        });
      }
    };
    const callers = Promise.all(Array.from({ length: 600 }, caller));
    await pass(600_000);
    const during = sentAtMs.length;
    // A full burst, and all minutes of the rate but for the rounding of timers.
    expect(during).toBeGreaterThan(0.99 * 6_000);
    let first = 0;
    for (const [last, atMs] of sentAtMs.entries()) {
      while (atMs - (sentAtMs[first] ?? atMs) >= 60_000) first += 1;
      expect(last - first + 1).toBeLessThanOrEqual(600 + 20);
    }
    await pass(120_000);
    await callers;
    expect(vi.getTimerCount()).toBe(0);
    expect(keyOf(resilience).pacing).toMatchObject({ requests: { available: 20 }, waiting: 0 });
    await resilience.close();
  });

  it('keeps the rate of tokens by what the calls really consume, though they estimate too little', async () => {
    const resilience = paced({ tokensPerMinute: 60_000, burstMs: 5_000, maxWaitMs: 600_000, queue: 10_000 });
    const used: { readonly atMs: number; readonly tokens: number }[] = [];
    const startMs = performance.now();
    const caller = async (nth: number) => {
      while (performance.now() - startMs < 600_000) {
        await resilience.execute(
          'chat',
          async (call) => {
            const tokens = 200 + 10 * (nth % 50);
            used.push({ atMs: performance.now(), tokens });
            await sleep(500);
            call.settleUsage({ inputTokens: 100, outputTokens: tokens - 100 });
          },
          { estimate: { inputTokens: 50, outputTokens: 50 }, deadlineMs: false },
        );
      }
    };
    const callers = Promise.all(Array.from({ length: 20 }, (_, nth) => caller(nth)));
    await pass(600_000);
    const sum = used.reduce((tokens, each) => tokens + each.tokens, 0);
    expect(sum).toBeGreaterThan(0.97 * 600_000);
    // The burst, and what 20 calls at a time consume beyond their estimates.
    expect(sum).toBeLessThan(600_000 + 5_000 + 20 * 600);
    await pass(60_000);
    await callers;
    await resilience.close();
  });

  it('grows its rate from a quarter after a minute without calls', async () => {
    const resilience = paced({ requestsPerMinute: 6_000, burstMs: 100, rampMs: 10_000, queue: 10_000 });
    let sent = 0;
    const countIn = async (ms: number) => {
      const before = sent;
      await pass(ms);
      return sent - before;
    };
    const offer = (calls: number) =>
      Promise.all(Array.from({ length: calls }, () => resilience.execute('chat', () => (sent += 1))));
    for (let minute = 0; minute < 2; minute++) {
      const calls = offer(1_500);
      const bySecond: number[] = [];
      for (let second = 0; second < 12; second++) bySecond.push(await countIn(1_000));
      expect(bySecond[0]).toBeLessThan(35);
      for (let second = 1; second < 10; second++) expect(bySecond[second]).toBeGreaterThan(bySecond[second - 1] ?? 0);
      expect(bySecond[11]).toBeGreaterThan(98);
      await pass(20_000);
      await calls;
      await pass(60_000);
    }
    await resilience.close();
  });

  it('paces each key by itself', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    const values = ['a', 'b', 'c'].map((key) => resilience.execute('chat', () => key, { key }));
    await pass(0);
    expect(await Promise.all(values)).toEqual(['a', 'b', 'c']);
    await resilience.close();
  });

  it('rejects what would wait too long, counts it, and reports it', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000, maxWaitMs: 500 });
    const events: HoldfastEvent[] = [];
    resilience.on('capacity.rejected', (event) => events.push(event));
    await resilience.execute('chat', () => 1);
    const error = await errorOf(resilience.execute('chat', () => 2));
    expect(error).toBeInstanceOf(CapacityError);
    expect(explain(error)).toMatchObject({ stopReason: 'capacity', failure: undefined });
    expect(toHttpStatus(error)).toBe(503);
    expect(events).toMatchObject([{ operation: 'chat', refusal: 'pacing', waiting: 0, retryAfterMs: 1_000 }]);
    expect(resilience.stats('chat')).toMatchObject({ calls: 2, successes: 1, rejections: { capacity: 1 } });
    await resilience.close();
  });

  it('counts the wait in the report of a call', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    await resilience.execute('chat', () => 1);
    const report = resilience.inspect('chat', () => 2);
    await pass(1_000);
    expect(await report).toMatchObject({ ok: true, waitedMs: 1_000, totalMs: 1_000 });
    await resilience.close();
  });

  it('holds no permit of concurrency while it waits', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 }, { concurrency: { limit: 2, queue: 0 } });
    const calls = [1, 2, 3].map((value) => resilience.execute('chat', () => value));
    await pass(0);
    expect(keyOf(resilience)).toMatchObject({ concurrency: { inUse: 0, waiting: 0 }, pacing: { waiting: 2 } });
    await pass(2_000);
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
    await resilience.close();
  });

  it('waits for the end of a hold with everything that waited before it', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    const headers = { 'retry-after': '10' };
    const limited = Object.assign(new Error('slow down'), { status: 429, headers });
    const first = errorOf(resilience.execute('chat', () => Promise.reject(limited)));
    let sent = 0;
    const waiting = [1, 2].map(() => resilience.execute('chat', () => (sent += 1)));
    expect(await first).toBe(limited);
    await pass(9_990);
    expect(sent).toBe(0);
    await pass(1_010);
    expect(sent).toBe(2);
    await Promise.all(waiting);
    await resilience.close();
  });

  it('rejects what waits at once when a hold lasts for longer than it can wait, and keeps the others', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000, maxWaitMs: 60_000 });
    const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '20' } });
    const deadlines = [10_000, 40_000, 15_000, 40_000];
    const { promise: refused, reject: refuse } = deferred<never>();
    const first = errorOf(resilience.execute('chat', () => refused));
    const calls = deadlines.map((deadlineMs) => resilience.inspect('chat', () => 'fine', { deadlineMs }));
    await pass(500);
    expect(keyOf(resilience).pacing).toMatchObject({ waiting: 4 });
    refuse(limited);
    expect(await first).toBe(limited);
    await pass(0);
    expect(keyOf(resilience).pacing).toMatchObject({ waiting: 2 });
    for (const report of [await calls[0], await calls[2]]) {
      expect(report).toMatchObject({ ok: false, stopReason: 'capacity', error: { refusal: 'pacing' }, totalMs: 500 });
      expect(report).toHaveProperty('error.retryAfterMs', expect.closeTo(22_000, -4));
    }
    await pass(21_000);
    expect([await calls[1], await calls[3]]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('paces every attempt of a call that is retried', async () => {
    const retry = { maxAttempts: 3, minDelayMs: 10, jitter: 'none' };
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 }, { retry });
    const atMs: number[] = [];
    const startMs = performance.now();
    const call = errorOf(
      resilience.execute('chat', () => {
        atMs.push(performance.now() - startMs);
        throw Object.assign(new Error('busy'), { status: 500 });
      }),
    );
    await pass(3_000);
    await call;
    expect(atMs).toEqual([0, 1_000, 2_000]);
    await resilience.close();
  });

  it('follows a change of the rate at run time with what is left, and lets all go when it is switched off', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 2_000 });
    let sent = 0;
    const offer = (calls: number) => Array.from({ length: calls }, () => resilience.execute('chat', () => (sent += 1)));
    const calls = offer(10);
    await pass(0);
    expect(sent).toBe(2);
    resilience.configure({ operations: { chat: { pacing: { requestsPerMinute: 600 } } } });
    expect(keyOf(resilience).pacing).toMatchObject({ requests: { available: 0, perMinute: 600 }, waiting: 8 });
    await pass(300);
    expect(sent).toBe(5);
    resilience.configure({ operations: { chat: { pacing: false } } });
    await pass(0);
    expect(sent).toBe(10);
    expect(keyOf(resilience).pacing).toBeNull();
    await Promise.all(calls);
    expect(vi.getTimerCount()).toBe(0);
    await resilience.close();
  });

  it('does not pace a call whose settings say so', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    const settings = { pacing: false } as const;
    const values = [1, 2, 3].map((value) => resilience.execute('chat', () => value, { settings }));
    await pass(0);
    expect(await Promise.all(values)).toEqual([1, 2, 3]);
    expect(keyOf(resilience).pacing).toMatchObject({ requests: { available: 1 } });
    await resilience.close();
  });

  it('keeps the calls that wait until it closes', async () => {
    const resilience = paced({ requestsPerMinute: 60, burstMs: 1_000 });
    const calls = [1, 2].map((value) => resilience.execute('chat', () => value));
    const closed = resilience.close();
    await pass(1_000);
    expect(await Promise.all(calls)).toEqual([1, 2]);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [{}, 'pacing: must have requestsPerMinute or tokensPerMinute'],
    [{ burstMs: 1_000 }, 'pacing: must have requestsPerMinute or tokensPerMinute'],
    [{ requestsPerMinute: 0 }, 'pacing.requestsPerMinute: must be a number above 0'],
    [{ tokensPerMinute: Number.NaN }, 'pacing.tokensPerMinute: must be a number above 0'],
    [{ requestsPerMinute: 1, burstMs: 60_001 }, 'pacing.burstMs: must be a number from 0 to 60000'],
    [{ requestsPerMinute: 1, queue: 0.5 }, 'pacing.queue: must be a whole number from 0'],
    [{ requestPerMinute: 1 }, "Did you mean 'requestsPerMinute'?"],
  ])('is refused with the settings %o', (pacing: object, message) => {
    expect(() => createResilience({ config: { operations: { chat: { pacing } } } })).toThrow(message);
  });

  it('takes the rates of one layer and the waits of another', async () => {
    const config = {
      defaults: { pacing: { requestsPerMinute: 60 } },
      operations: { chat: { pacing: { maxWaitMs: 5_000 } } },
    };
    const { pacing } = createResilience({ config }).operation('chat').settings;
    expect(pacing).toMatchObject({ requestsPerMinute: 60, maxWaitMs: 5_000, burstMs: 5_000 });
  });

  it.each([
    [{ estimate: { inputTokens: -1 } }, 'options.estimate.inputTokens: must be a number from 0'],
    [{ estimate: { tokens: 1 } }, 'options.estimate.tokens: is unknown; expected one of inputTokens, outputTokens'],
    [{ estimate: 500 }, 'options.estimate: must be a plain object'],
    [{ settings: { pacing: { requestsPerMinute: 5 } } }, 'options.settings.pacing: must be false or absent'],
  ])('refuses a call with the options %o', async (options, message) => {
    const resilience = paced({ requestsPerMinute: 60 });
    const error = await errorOf(Reflect.apply(resilience.execute, resilience, ['chat', () => 1, options]));
    expect(String(error)).toContain(message);
  });
});

/** Calls of 100 callers for a minute, to a provider that refuses by the slope of the rate, after a minute of idleness. */
async function countRefusals(rampMs: number) {
  const time = { nowMs: 0, after: (ms: number, run: () => void) => void setTimeout(run, ms) };
  const provider = new SlopeProvider(time, { floor: 10, growth: 1.5 });
  const resilience = paced({ requestsPerMinute: 1_200, burstMs: 1_000, rampMs }, { quota: false, deadlineMs: false });
  const tally = { answered: 0, refused: 0 };
  const ask = () =>
    new Promise<void>((resolve, reject) => {
      time.nowMs = performance.now();
      const onRefused = () => reject(Object.assign(new Error('burst rate'), { status: 429 }));
      const onFirstContent = () => undefined;
      provider.send({ firstContentMs: 500, restMs: 500 }, { onRefused, onFirstContent, onDone: resolve });
    });
  const first = resilience.execute('chat', ask);
  await pass(61_000);
  await first;
  const startMs = performance.now();
  const caller = async (nth: number) => {
    while (performance.now() - startMs < 60_000) {
      await resilience.execute('chat', ask).then(
        () => (tally.answered += 1),
        () => (tally.refused += 1),
      );
      // Not all callers come back at the same time.
      await sleep(nth);
    }
  };
  const callers = Promise.all(Array.from({ length: 100 }, (_, nth) => caller(nth)));
  await pass(70_000);
  await callers;
  await resilience.close();
  return tally;
}

// bytedance/deer-flow#4294: a provider that refuses by the slope of the rate, whatever the rate.
it('a rate that grows after idleness has few refusals by a provider that limits the slope, and nearly as many answers', async () => {
  const [atOnce, grown] = [await countRefusals(0), await countRefusals(10_000)];
  expect(atOnce.refused).toBeGreaterThan(20);
  expect(grown.refused).toBeLessThanOrEqual(atOnce.refused / 10);
  expect(grown.answered).toBeGreaterThan(0.9 * atOnce.answered);
});

/*
 * What other limiters have been seen to get wrong. The comment of a test names whose trouble it was.
 */
describe('pacing, unlike that of others,', () => {
  // BerriAI/litellm#27001: a call that was refused kept its reservation, and the bucket drained without a call.
  it('gets back the reservations of calls that were never sent', async () => {
    const concurrency = { limit: 1, queue: 0 };
    const resilience = paced({ requestsPerMinute: 600, tokensPerMinute: 600_000, burstMs: 1_000 }, { concurrency });
    const { promise, resolve } = deferred();
    const estimate = { inputTokens: 1_000, outputTokens: 0 };
    const first = resilience.execute('chat', () => promise, { estimate });
    for (let nth = 0; nth < 100; nth++) {
      await errorOf(resilience.execute('chat', () => 'never sent', { estimate }));
    }
    expect(keyOf(resilience).pacing).toMatchObject({ requests: { available: 9 }, tokens: { available: 9_000 } });
    resolve();
    await first;
    await resilience.close();
  });

  // BerriAI/litellm#18803: calls that checked the tokens at the same time all passed.
  it('lets no more calls pass at the same time than there are tokens', async () => {
    const resilience = paced({ tokensPerMinute: 60_000, burstMs: 5_000 });
    const estimate = { inputTokens: 1_000, outputTokens: 0 };
    let sent = 0;
    const calls = Array.from({ length: 20 }, () => resilience.execute('chat', () => (sent += 1), { estimate }));
    await pass(0);
    expect(sent).toBe(5);
    await pass(15_000);
    await Promise.all(calls);
    await resilience.close();
  });

  // shobrook/openlimit#10: a bucket of one second's tokens refused every prompt that was larger, for ever.
  it('sends a prompt that is larger than all that may be sent at once, and makes the next ones wait for it', async () => {
    const resilience = paced({ tokensPerMinute: 60_000, burstMs: 1_000 });
    const send = (inputTokens: number) =>
      resilience.execute('chat', () => inputTokens, { estimate: { inputTokens, outputTokens: 0 } });
    expect(await send(20_000)).toBe(20_000);
    const next = resilience.inspect('chat', () => 500, { estimate: { inputTokens: 500, outputTokens: 0 } });
    await pass(19_500);
    expect(await next).toMatchObject({ ok: true, waitedMs: 19_500 });
    await resilience.close();
  });
});
