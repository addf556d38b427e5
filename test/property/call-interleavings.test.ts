import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Stats } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { ALL_OVER_MS, type Burst, type Plan, plans } from './call-plans.js';
import { isEnd, meaningOf, OPERATION, type PlannedCall, Play } from './call-play.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** Plays the bursts in the order that the scheduler chooses, and then lets every limit run out. */
async function played(plan: Plan, scheduler: fc.Scheduler): Promise<Play> {
  stopTime();
  const play = new Play(plan);
  const sequences = plan.bursts.map((burst) =>
    scheduler.scheduleSequence([{ builder: () => play.burst(burst), label: labelOf(burst) }]),
  );
  await scheduler.waitIdle();
  assert(sequences.every(({ done, faulty }) => done && !faulty));
  await pass(ALL_OVER_MS);
  return play;
}

function labelOf({ actions, passMs }: Burst): string {
  const names = actions.map((action) => ('call' in action ? `${action.do} ${action.call}` : action.do));
  return `${names.join(', ')}, then ${passMs} ms`;
}

/** Runs a property of how any interleaving ends. */
function ofAllInterleavings(property: (play: Play, plan: Plan) => Promise<void> | void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
      const play = await played(plan, scheduler);
      await property(play, plan);
      await play.close();
    }),
    runs(1_000),
  );
}

test('every call settles exactly once, with what its function, its limits or its caller decided', async () => {
  const seen = new Set<string>();
  await ofAllInterleavings((play) => {
    for (const call of play.calls) {
      assert(call.invoked <= 1, 'invoked twice');
      seen.add(meaningOf(call, play));
    }
  });
  assert.deepEqual([...seen].sort(), ['cancelled', 'closed', 'failure', 'refused', 'success', 'timeout']);
});

test('every call that began has one event of its beginning and one of its end, and other calls have none', async () => {
  await ofAllInterleavings((play) => {
    const begun = play.calls.filter((call) => meaningOf(call, play) !== 'closed');
    assert.equal(play.told.size, begun.length);
    for (const told of play.told.values()) {
      assert.equal(told[0], 'call.started');
      assert.equal(told.filter((type) => type === 'call.started').length, 1);
      assert.equal(told.filter(isEnd).length, 1);
      assert(told.filter((type) => type === 'attempt.abandoned').length <= 1);
    }
  });
});

test('the numbers add up: calls, successes, failures by kind, rejections, attempts', async () => {
  await ofAllInterleavings((play) => {
    const { resilience } = play;
    const operation = resilience.operation(OPERATION);
    const whole = resilience.stats(OPERATION);
    assertSums(whole, play.calls, play);
    assert.deepEqual(resilience.stats(), whole);
    for (const key of ['one', 'other']) {
      assertSums(
        operation.stats(key),
        play.calls.filter(({ plan }) => plan.options.key === key),
        play,
      );
    }
  });
});

function assertSums(stats: Stats, calls: readonly PlannedCall[], play: Play): void {
  const ended = (...meanings: string[]) => calls.filter((call) => meanings.includes(meaningOf(call, play))).length;
  const sum = (parts: object) => Object.values(parts).reduce<number>((total, part) => total + Number(part), 0);
  assert.equal(stats.calls, stats.successes + stats.failures);
  assert.equal(stats.failures, sum(stats.failuresByKind) + sum(stats.rejections));
  assert.equal(stats.successes, ended('success'));
  assert.equal(stats.failures, ended('failure', 'timeout', 'cancelled', 'refused'));
  assert.equal(
    stats.attempts,
    calls.reduce((total, { invoked }) => total + invoked, 0),
  );
  assert.equal(stats.retries, 0);
}

test('every failed call is counted by the error of its caller, also when a rejection and an abort come in one tick', async () => {
  await ofAllInterleavings((play) => {
    const ended = (meaning: string) => play.calls.filter((call) => meaningOf(call, play) === meaning).length;
    const { rejections, failuresByKind } = play.resilience.stats(OPERATION);
    assert.equal(rejections.breaker, ended('refused'));
    assert.equal(failuresByKind.cancelled ?? 0, ended('cancelled'));
    assert.equal(failuresByKind.timeout ?? 0, ended('timeout'));
    assert.equal(failuresByKind.unknown ?? 0, ended('failure'));
  });
});

test('a breaker counts outcomes of the provider, and neither cancelled nor rejected calls', async () => {
  await ofAllInterleavings((play, plan) => {
    if (plan.settings.breaker === false) return;
    for (const key of [undefined, 'one', 'other']) {
      const calls = play.calls.filter(({ plan }) => plan.options.key === key);
      const own = calls.filter(({ plan }) => plan.options.settings?.breaker !== false);
      const ended = (...meanings: string[]) => own.filter((call) => meanings.includes(meaningOf(call, play))).length;
      if (calls.every((call) => meaningOf(call, play) === 'closed')) continue;
      const { admitted, successes, failures, ignored, rejected } = play.resilience.breaker(OPERATION, key).stats();
      assert.equal(admitted, successes + failures + ignored);
      assert.equal(successes, ended('success'));
      assert.equal(failures, ended('failure', 'timeout'));
      assert.equal(rejected, ended('refused'));
      assert.equal(ignored, own.filter((call) => call.invoked > 0 && meaningOf(call, play) === 'cancelled').length);
    }
  });
});

test('the late result of an abandoned function changes nothing', async () => {
  await ofAllInterleavings(async (play, plan) => {
    const seen = () => ({
      stats: play.resilience.stats(),
      ends: play.calls.map(({ ends }) => ends.length),
      breakers:
        plan.settings.breaker === false
          ? []
          : [undefined, 'one', 'other'].map((key) => play.resilience.breaker(OPERATION, key).stats()),
    });
    const before = seen();
    for (const call of play.calls) call.release();
    await drain();
    assert.deepEqual(seen(), before);
  });
});

test('after the last call has ended only open breakers have a timer, and no signal has a listener', async () => {
  await ofAllInterleavings((play) => {
    assert.equal(play.pending.length, 0);
    assert.equal(play.listeners(), 0);
    const { openBreakers } = play.resilience.health();
    assert.equal(vi.getTimerCount(), play.isClosed ? 0 : openBreakers.length);
  });
});

test('closing at any moment waits for the calls that were begun, takes no other, and leaves no timer', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.scheduler(), fc.nat(5), async (plan, scheduler, closesAt) => {
      stopTime();
      const play = new Play(plan);
      for (const [index, burst] of plan.bursts.entries()) {
        const builder = () => {
          if (index === closesAt) void play.close();
          return play.burst(burst);
        };
        scheduler.scheduleSequence([{ builder, label: labelOf(burst) }]);
      }
      await scheduler.waitIdle();
      const closed = play.close();
      await pass(ALL_OVER_MS);
      await closed;
      assert.equal(vi.getTimerCount(), 0);
      assert.equal(play.listeners(), 0);
      await assert.rejects(
        play.resilience.execute(OPERATION, () => 1),
        { code: 'HOLDFAST_CLOSED' },
      );
    }),
    runs(1_000),
  );
});
