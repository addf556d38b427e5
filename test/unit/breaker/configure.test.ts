import { CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { issuesIn, thrownBy } from '../../support/calls.js';

const fail = () => Promise.reject(new Error('x'));

async function failing(breaker: CircuitBreaker, times: number): Promise<void> {
  for (let call = 0; call < times; call++) await breaker.execute(fail).catch(() => undefined);
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('configure() of a circuit breaker', () => {
  it('keeps what a closed breaker has counted', async () => {
    const breaker = new CircuitBreaker();
    await failing(breaker, 4);
    breaker.configure({ trip: { consecutiveFailures: 6 } });
    await failing(breaker, 1);
    expect(breaker.state).toBe('closed');
    await failing(breaker, 1);
    expect(breaker.state).toBe('open');
    expect(breaker.stats()).toMatchObject({ failures: 6, opens: 1 });
  });

  it('keeps the window of rates, unless the window is changed', async () => {
    const trip = { failureRate: 0.5, minimumCalls: 10 };
    const same = new CircuitBreaker({ trip });
    const other = new CircuitBreaker({ trip });
    await failing(same, 9);
    await failing(other, 9);
    same.configure({ trip: { ...trip, failureRate: 0.4 } });
    other.configure({ trip: { ...trip, windowMs: 30_000 } });
    await failing(same, 1);
    await failing(other, 1);
    expect([same.state, other.state]).toEqual(['open', 'closed']);
  });

  it('lets an opening last as long as it was going to, and applies the new settings to the next one', async () => {
    const breaker = new CircuitBreaker({ openMs: 1_000 });
    breaker.open();
    breaker.configure({ openMs: 50_000, trials: 2 });
    vi.advanceTimersByTime(1_000);
    expect(breaker.state).toBe('half_open');
    const trials = [breaker.tryAdmit(), breaker.tryAdmit(), breaker.tryAdmit()];
    expect(trials.map((each) => each instanceof Error)).toEqual([false, false, true]);
    await failing(breaker, 0);
    const [first] = trials;
    if (first !== undefined && !(first instanceof Error)) breaker.settle(first, 'failure');
    vi.advanceTimersByTime(49_000);
    expect(breaker.state).toBe('open');
    vi.advanceTimersByTime(51_000);
    expect(breaker.state).toBe('half_open');
  });

  it('gives a half-open breaker another number of trials', () => {
    const breaker = new CircuitBreaker({ openMs: 10, trials: 1 });
    breaker.open();
    vi.advanceTimersByTime(10);
    breaker.tryAdmit();
    expect(breaker.tryAdmit()).toBeInstanceOf(Error);
    breaker.configure({ trials: 2 });
    expect(breaker.tryAdmit()).not.toBeInstanceOf(Error);
  });

  it('changes the mode', async () => {
    const breaker = new CircuitBreaker();
    breaker.configure({ mode: 'forced_open' });
    expect([breaker.mode, breaker.state]).toEqual(['forced_open', 'open']);
    breaker.configure({});
    expect([breaker.mode, breaker.state]).toEqual(['enforce', 'closed']);
  });

  it('lets calls that began before it settle under the new settings', () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 2 } });
    const admission = breaker.admit();
    breaker.configure({ trip: { consecutiveFailures: 1 } });
    breaker.settle(admission, 'failure');
    expect(breaker.state).toBe('open');
    expect(breaker.stats().stale).toBe(0);
  });

  it('does not count a call as slow that began before durations were measured', () => {
    const breaker = new CircuitBreaker();
    vi.advanceTimersByTime(100_000);
    const admission = breaker.admit();
    breaker.configure({ trip: { slowCallMs: 1_000, slowCallRate: 0.5, minimumCalls: 1 } });
    breaker.settle(admission, 'success');
    expect(breaker.state).toBe('closed');
    const timed = breaker.admit();
    vi.advanceTimersByTime(1_000);
    breaker.settle(timed, 'success');
    expect(breaker.state).toBe('open');
  });

  it('refuses bad settings, and keeps the old ones in force', () => {
    const breaker = new CircuitBreaker({ openMs: 1_000 });
    // @ts-expect-error that is what is tried
    const issues = issuesIn(thrownBy(() => breaker.configure({ openMs: '5', trails: 1 })));
    expect(issues.map(({ path }) => path)).toEqual(['settings.trails', 'settings.openMs']);
    expect(issuesIn(thrownBy(() => breaker.configure({ openMs: 9, openMaxMs: 8 })))[0]?.path).toBe(
      'settings.openMaxMs',
    );
    breaker.open();
    expect(breaker.snapshot()).toMatchObject({ waitMs: 1_000 });
  });
});
