import { createResilience } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, errorOf, fail, never } from '../support/calls.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const IDLE_MS = 300_000;

/** Calls with keys that nobody has used before, so that idle ones are looked at. */
function newcomers() {
  let count = 0;
  return async (resilience: ReturnType<typeof createResilience>, times: number) => {
    for (let call = 0; call < times; call++) {
      count += 1;
      await resilience.execute('chat', () => 1, { key: `newcomer-${count}` });
    }
  };
}

describe('a key', () => {
  it('has a breaker of its own, and the other keys go on', async () => {
    const resilience = createResilience();
    await fail(resilience, 5, 'chat', 'eu');
    expect(resilience.breaker('chat', 'eu').state).toBe('open');
    expect(resilience.breaker('chat', 'us').state).toBe('closed');
    expect(resilience.breaker('chat').state).toBe('closed');
    expect(await resilience.execute('chat', (call) => call.key, { key: 'us' })).toBe('us');
    expect(await resilience.execute('chat', (call) => call.key)).toBeUndefined();
    await errorOf(resilience.execute('chat', never, { key: 'eu' }));
    expect(resilience.operation('chat').stats('eu').rejections.breaker).toBe(1);
  });

  it('of one operation is not the key of another operation', async () => {
    const resilience = createResilience();
    await fail(resilience, 5, 'chat', 'eu');
    expect(await resilience.execute('embed', () => 'fine', { key: 'eu' })).toBe('fine');
  });

  it('is not confused with an operation of the same spelling', async () => {
    const resilience = createResilience();
    await fail(resilience, 5, 'chat', 'eu');
    expect(await resilience.execute('chat/eu', () => 'fine')).toBe('fine');
    expect(resilience.operation('chat/eu').stats().calls).toBe(1);
  });

  it('shares settings with its operation', async () => {
    const resilience = createResilience({
      config: { operations: { chat: { breaker: { trip: { consecutiveFailures: 1 } } } } },
    });
    await fail(resilience, 1, 'chat', 'eu');
    expect(resilience.breaker('chat', 'eu').state).toBe('open');
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('may be %s', async (key) => {
    const resilience = createResilience();
    await fail(resilience, 5, 'chat', key);
    expect(resilience.breaker('chat', key).state).toBe('open');
    expect(resilience.operation('chat').stats(key).failures).toBe(5);
  });
});

describe('an idle key', () => {
  it('is forgotten after five minutes when new keys come, and its numbers stay in those of the operation', async () => {
    const resilience = createResilience();
    const comeNew = newcomers();
    for (let key = 0; key < 10; key++) await resilience.execute('chat', () => 1, { key: `old-${key}` });
    await fail(resilience, 1, 'chat', 'old-0');
    await pass(IDLE_MS - 1);
    await comeNew(resilience, 5);
    expect(resilience.health().breakers).toBe(15);

    await pass(1);
    await comeNew(resilience, 10);
    expect(resilience.health().breakers).toBe(15);
    expect(resilience.operation('chat').stats('old-0').calls).toBe(0);
    expect(resilience.stats('chat')).toMatchObject({ calls: 26, successes: 25, failures: 1, attempts: 26 });
    expect(resilience.stats()).toEqual(resilience.stats('chat'));
  });

  it('starts anew when it is used again', async () => {
    const resilience = createResilience();
    await fail(resilience, 4, 'chat', 'eu');
    await pass(IDLE_MS);
    await newcomers()(resilience, 3);
    expect(resilience.breaker('chat', 'eu').stats().admitted).toBe(0);
    await fail(resilience, 4, 'chat', 'eu');
    expect(resilience.breaker('chat', 'eu').state).toBe('closed');
    expect(resilience.operation('chat').stats('eu').calls).toBe(4);
    expect(resilience.stats('chat').failures).toBe(8);
  });

  it('takes no memory permanently, since the known keys follow those in use', async () => {
    const resilience = createResilience();
    const comeNew = newcomers();
    for (let round = 0; round < 20; round++) {
      await comeNew(resilience, 50);
      await pass(IDLE_MS);
    }
    await comeNew(resilience, 50);
    expect(resilience.health().breakers).toBeLessThanOrEqual(110);
    expect(resilience.stats('chat').calls).toBe(21 * 50);
  });

  it('is also forgotten when only the same few keys are used afterwards', async () => {
    const resilience = createResilience();
    await newcomers()(resilience, 100);
    await pass(IDLE_MS);
    for (let call = 0; call < 5_000; call++) await resilience.execute('chat', () => 1, { key: 'eu' });
    expect(resilience.health().breakers).toBeLessThan(10);
    expect(resilience.stats('chat').calls).toBe(5_100);
  });

  it('has no timer', async () => {
    const resilience = createResilience();
    await newcomers()(resilience, 100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is half-open is forgotten as well, without a timer left', async () => {
    const resilience = createResilience();
    await fail(resilience, 5, 'chat', 'eu');
    await pass(IDLE_MS);
    expect(resilience.breaker('chat', 'eu').state).toBe('half_open');
    await newcomers()(resilience, 3);
    expect(resilience.breaker('chat', 'eu').state).toBe('closed');
    expect(resilience.stats('chat').breaker).toEqual({ opens: 1, halfOpens: 1, closes: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('whose operation is forced open is forgotten as well', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { mode: 'forced_open' } } } });
    for (let call = 0; call < 50; call++) {
      await errorOf(resilience.execute('chat', never, { key: `${call}` }));
      await pass(IDLE_MS);
    }
    expect(resilience.health().breakers).toBeLessThan(5);
  });

  it('without a breaker is forgotten as well', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: false } } });
    await resilience.execute('chat', () => 1, { key: 'eu' });
    await pass(IDLE_MS);
    await newcomers()(resilience, 3);
    expect(resilience.operation('chat').stats('eu').calls).toBe(0);
    expect(resilience.stats('chat').calls).toBe(4);
  });
});

describe('a lane that is never forgotten', () => {
  it('has an open breaker', async () => {
    const resilience = createResilience({ config: { defaults: { breaker: { openMs: 10 * IDLE_MS } } } });
    await fail(resilience, 5, 'chat', 'eu');
    await pass(2 * IDLE_MS);
    await newcomers()(resilience, 50);
    expect(resilience.breaker('chat', 'eu').state).toBe('open');
    expect(resilience.operation('chat').stats('eu').calls).toBe(5);
  });

  it('has a quota that is held', async () => {
    const resilience = createResilience({ config: { defaults: { quota: { exhaustedMs: 3 * IDLE_MS } } } });
    const broke = Object.assign(new Error('pay first'), { status: 429, code: 'insufficient_quota' });
    await errorOf(resilience.execute('chat', () => Promise.reject(broke), { key: 'eu' }));
    await pass(2 * IDLE_MS);
    await newcomers()(resilience, 50);
    expect(resilience.health().holds).toEqual([
      { name: 'chat/eu', kind: 'quota_exhausted', releasesInMs: expect.any(Number) },
    ]);
    expect(await errorOf(resilience.execute('chat', never, { key: 'eu' }))).toMatchObject({ name: 'QuotaHeldError' });
    await pass(2 * IDLE_MS);
    await newcomers()(resilience, 50);
    expect(resilience.operation('chat').stats('eu').calls).toBe(0);
    expect(resilience.stats('chat').rejections.quota).toBe(1);
  });

  it('has a breaker that is held open by hand', async () => {
    const resilience = createResilience();
    resilience.operation('chat').breaker('eu').isolate();
    await pass(20 * IDLE_MS);
    await newcomers()(resilience, 50);
    expect(resilience.breaker('chat', 'eu').state).toBe('open');
  });

  it('has a call under way', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: false, attemptTimeoutMs: false } } });
    const work = deferred<string>();
    const done = resilience.execute('chat', () => work.promise, { key: 'eu' });
    await pass(2 * IDLE_MS);
    await newcomers()(resilience, 50);
    expect(resilience.operation('chat').stats('eu').attempts).toBe(1);
    expect(resilience.breaker('chat', 'eu').stats().admitted).toBe(1);
    work.resolve('at last');
    await done;
    expect(resilience.operation('chat').stats('eu').calls).toBe(1);
  });

  it('has a long call that has just ended', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: false, attemptTimeoutMs: false } } });
    const work = deferred<string>();
    const ended = errorOf(resilience.execute('chat', () => work.promise, { key: 'eu' }));
    await pass(2 * IDLE_MS);
    work.reject(new Error('down'));
    await ended;
    await newcomers()(resilience, 50);
    expect(resilience.operation('chat').stats('eu').failures).toBe(1);
    expect(resilience.breaker('chat', 'eu').snapshot()).toMatchObject({ consecutiveFailures: 1 });
  });

  it('has no key', async () => {
    const resilience = createResilience();
    await fail(resilience, 4);
    await pass(2 * IDLE_MS);
    await newcomers()(resilience, 50);
    expect(resilience.breaker('chat').snapshot()).toMatchObject({ consecutiveFailures: 4 });
  });

  it('is used now and then', async () => {
    const resilience = createResilience();
    const comeNew = newcomers();
    await fail(resilience, 2, 'chat', 'eu');
    for (let round = 0; round < 5; round++) {
      await pass(IDLE_MS - 1);
      const abort = AbortSignal.abort();
      await errorOf(resilience.execute('chat', never, { key: 'eu', signal: abort }));
      await comeNew(resilience, 20);
    }
    expect(resilience.breaker('chat', 'eu').snapshot()).toMatchObject({ consecutiveFailures: 2 });
  });
});

describe('the breaker handle of a key', () => {
  it('creates no breaker when it is read', () => {
    const resilience = createResilience();
    const handle = resilience.operation('chat').breaker('eu');
    expect(handle.state).toBe('closed');
    expect(handle.stats().admitted).toBe(0);
    expect(handle.snapshot()).toMatchObject({ state: 'closed' });
    expect(resilience.health().breakers).toBe(0);
  });

  it('finds the breaker again after it was forgotten', async () => {
    const resilience = createResilience();
    const handle = resilience.operation('chat').breaker('eu');
    await fail(resilience, 3, 'chat', 'eu');
    expect(handle.stats().failures).toBe(3);
    await pass(IDLE_MS);
    await newcomers()(resilience, 3);
    expect(handle.stats().failures).toBe(0);
    await fail(resilience, 5, 'chat', 'eu');
    expect(handle.state).toBe('open');
  });
});

describe('each of two Resilience instances', () => {
  it('is independent of the other one', async () => {
    const [one, other] = [createResilience(), createResilience()];
    await fail(one, 5);
    one.operation('only here');
    expect(one.breaker('chat').state).toBe('open');
    expect(await other.execute('chat', () => 'fine')).toBe('fine');
    expect(other.breaker('chat').state).toBe('closed');
    expect(other.stats()).toMatchObject({ calls: 1, failures: 0 });
    expect(other.health()).toMatchObject({ healthy: true, operations: 1 });
    await one.close();
    expect(await other.execute('chat', () => 'fine still')).toBe('fine still');
  });

  it('is independent of the other one also when both are made of the same config', async () => {
    const config = { operations: { chat: { breaker: { trip: { consecutiveFailures: 1 } } } } };
    const [one, other] = [createResilience({ config }), createResilience({ config })];
    await fail(one, 1);
    expect(other.breaker('chat').state).toBe('closed');
  });

  it('has ids of its own', async () => {
    const id = (resilience: ReturnType<typeof createResilience>) => resilience.execute('chat', (call) => call.id);
    const [one, other] = [createResilience({ random: () => 0.25 }), createResilience({ random: () => 0.75 })];
    expect(new Set([await id(one), await id(one), await id(other)]).size).toBe(3);
  });

  it('may have the same signal as the other one', async () => {
    const [one, other] = [createResilience(), createResilience()];
    const abort = new AbortController();
    const ended = [one, other].map((each) => errorOf(each.execute('chat', never, { signal: abort.signal })));
    const reason = new Error('both');
    abort.abort(reason);
    expect(await Promise.all(ended)).toEqual([reason, reason]);
  });
});
