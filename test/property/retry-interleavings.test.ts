import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';
import { plans, type RetryPlan } from './retry-plans.js';
import { RetryPlay } from './retry-play.js';

afterEach(() => {
  vi.useRealTimers();
});

/** Longer than any limit of a plan, holds included. */
const ALL_OVER_MS = 10_000;

/** Plays the steps in the order that the scheduler chooses, and then lets every limit run out. */
async function played(plan: RetryPlan, scheduler: fc.Scheduler): Promise<RetryPlay> {
  stopTime();
  const play = new RetryPlay(plan);
  for (const step of plan.steps) {
    const builder = async () => {
      play.take(step);
      if (step.passMs > 0) await pass(step.passMs);
      else await drain();
    };
    scheduler.scheduleSequence([{ builder, label: JSON.stringify(step) }]);
  }
  await scheduler.waitIdle();
  for (const { id } of play.calls) play.take({ do: 'start', call: id, passMs: 0 });
  await pass(ALL_OVER_MS);
  return play;
}

/** Runs a property of how any interleaving ends. */
function ofAllInterleavings(property: (play: RetryPlay, plan: RetryPlan) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
      const play = await played(plan, scheduler);
      property(play, plan);
      await play.close();
    }),
    runs(1_000),
  );
}

test('every call settles exactly once, and what it ends with is its own', async () => {
  const seen = new Set<string>();
  await ofAllInterleavings((play) => {
    for (const call of play.calls) seen.add(call.meaning());
  });
  const all = ['attempts_exhausted', 'breaker_open', 'cancelled', 'deadline', 'not_retryable', 'quota_held'];
  assert.deepEqual([...seen].toSorted(), [...all, 'retry_budget', 'success'].toSorted());
});

test('the attempts that functions have seen are those in the numbers, in the reports and in the events', async () => {
  await ofAllInterleavings((play) => {
    const stats = play.resilience.stats();
    const count = (of: (call: (typeof play.calls)[number]) => number) =>
      play.calls.reduce((sum, call) => sum + of(call), 0);
    assert.equal(stats.calls, play.calls.length);
    assert.equal(
      stats.attempts,
      count(({ invocations }) => invocations.length),
    );
    assert.equal(
      stats.retries,
      count(({ invocations }) => Math.max(0, invocations.length - 1)),
    );
    for (const { report, invocations, told } of play.calls) {
      const attempts = report.attempts.filter(({ outcome }) => outcome !== 'rejected');
      assert.equal(attempts.length, invocations.length);
      assert.deepEqual(
        report.attempts.map(({ number }) => number),
        report.attempts.map((_, index) => index + 1),
      );
      assert(report.attempts.filter(({ outcome }) => outcome === 'rejected').length <= 1, 'rejected twice');
      assert.equal(told.filter(({ type }) => type === 'call.started').length, 1);
      assert.equal(told.filter(({ type }) => type === 'call.succeeded' || type === 'call.failed').length, 1);
      const failed = attempts.filter(({ outcome }) => outcome !== 'success');
      assert.equal(told.filter(({ type }) => type === 'attempt.failed').length, failed.length);
      assert(told.filter(({ type }) => type === 'retry.refused').length <= 1, 'refused twice');
    }
  });
});

test('the numbers add up, also of calls that were refused, cancelled or out of time', async () => {
  await ofAllInterleavings((play) => {
    const { calls, successes, failures, failuresByKind, rejections } = play.resilience.stats();
    const { budget, ...ofCalls } = rejections;
    const sum = (parts: object) => Object.values(parts).reduce<number>((total, part) => total + Number(part), 0);
    assert.equal(calls, successes + failures);
    assert.equal(failures, sum(failuresByKind) + sum(ofCalls));
    assert.equal(successes, play.calls.filter(({ report }) => report.ok).length);
    const ended = (reason: string) => play.calls.filter(({ report }) => report.stopReason === reason).length;
    assert.equal(budget, ended('retry_budget'));
    assert(rejections.quota <= ended('quota_held') && rejections.breaker <= ended('breaker_open'));
  });
});

test('waits, attempts and the whole fit together: times add up, no limit is exceeded, no hint undercut', async () => {
  await ofAllInterleavings((play, { maxElapsedMs }) => {
    for (const call of play.calls) {
      const { attempts, totalMs, waitedMs } = call.report;
      const { deadlineMs } = call.plan;
      assert(totalMs <= deadlineMs + 1, `took ${totalMs} of ${deadlineMs} ms`);
      const spent = attempts.reduce((sum, attempt) => sum + attempt.durationMs + attempt.waitedMs, 0);
      assert(spent <= totalMs, `${spent} ms in attempts, ${totalMs} in all`);
      assert(waitedMs <= totalMs, `waited ${waitedMs} of ${totalMs} ms`);
      for (const [index, { atMs, hintMs, endedAtMs }] of call.invocations.entries()) {
        const next = call.invocations[index + 1];
        if (index > 0) assert(atMs - call.startedAtMs <= maxElapsedMs, 'a retry began after maxElapsedMs');
        if (next === undefined) continue;
        assert(endedAtMs !== undefined && next.atMs >= endedAtMs, 'two attempts at the same time');
        assert(next.atMs - endedAtMs >= (hintMs ?? 0), 'a hint was undercut');
      }
    }
  });
});

test('no function is called after its caller has aborted, and nothing is left behind', async () => {
  await ofAllInterleavings((play) => {
    for (const { invocations, abortedAtMs } of play.calls) {
      for (const { atMs, serial } of invocations) {
        assert(abortedAtMs === undefined || atMs <= abortedAtMs.atMs, 'called after the abort');
        assert(abortedAtMs === undefined || serial < abortedAtMs.serial, 'called after the abort');
      }
    }
    assert.equal(play.listeners(), 0);
    // A timer of an open breaker is the only one that may be left.
    assert(vi.getTimerCount() <= play.openBreakers(), 'timers left');
  });
});

test('no function is called while its quota is held', async () => {
  await ofAllInterleavings((play) => {
    for (const { key, fromMs, untilMs, serial } of play.holds) {
      for (const call of play.calls.filter(({ plan }) => plan.key === key)) {
        for (const each of call.invocations) {
          const began = each.atMs > fromMs || (each.atMs === fromMs && each.serial > serial);
          assert(!began || each.atMs >= untilMs, `called at ${each.atMs}, held from ${fromMs} to ${untilMs}`);
        }
      }
    }
  });
});
