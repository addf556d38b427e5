import { type ConfigInput, createResilience, type ResolvedSettings } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { type Configuration, resolveCallSettings } from '../../../src/config/configuration.js';
import { startConfiguration } from '../../../src/config/load/index.js';
import { computeTrialLeaseMs, SETTINGS } from '../../../src/config/settings.js';
import type { ResolvedKindSettings } from '../../../src/retry/resolve-settings.js';
import { fail, issuesIn, thrownBy } from '../../support/calls.js';
import { listUndefined } from '../../support/wrong-values.js';

/** The settings that an operation ends up with. */
function settingsOf(config: ConfigInput, operation = 'chat'): ResolvedSettings {
  return configuration(config).forOperation(operation).effective;
}

/** A configuration of nothing but the library and what is given. */
function configuration(config: ConfigInput): Configuration {
  return startConfiguration({ preset: 'none', config, environment: {} });
}

/** What holds for a kind that is retried by itself, and what does when it has to be asked for. */
const RETRIED: ResolvedKindSettings = {
  maxAttempts: 3,
  strategy: 'exponential',
  minDelayMs: 2_000,
  maxDelayMs: 10_000,
  multiplier: 1,
  jitter: 'equal',
  jitterMaxMs: 2_000,
  always: false,
};

const { always: _, ...WAITS } = RETRIED;

const BALANCED: ResolvedSettings = {
  deadlineMs: 120_000,
  attemptTimeoutMs: 60_000,
  retry: {
    ...WAITS,
    kinds: {
      cancelled: false,
      timeout: RETRIED,
      quota_exhausted: RETRIED,
      context_length: RETRIED,
      content_policy: RETRIED,
      overloaded: { ...RETRIED, minDelayMs: 4_000 },
      rate_limited: RETRIED,
      auth: RETRIED,
      not_found: RETRIED,
      invalid_request: RETRIED,
      network: RETRIED,
      server_error: RETRIED,
      unknown: RETRIED,
    },
    maxElapsedMs: 30_000,
    budget: { ratio: 0.2, floorPerSecond: 5, burst: 10 },
  },
  hedge: false,
  quota: { maxWaitMs: 30_000, exhaustedMs: 300_000, maxHoldMs: 3_600_000, spreadMs: 1_000 },
  pacing: false,
  concurrency: false,
  stream: { firstContentMs: 60_000, idleMs: 120_000, totalMs: 600_000 },
  breaker: {
    trip: {
      consecutiveFailures: 5,
      failureRate: undefined,
      slowCallRate: undefined,
      slowCallMs: undefined,
      minimumCalls: 20,
      windowMs: 60_000,
    },
    openMs: 60_000,
    openMaxMs: 300_000,
    trials: 1,
    successesToClose: 1,
    trialLeaseMs: 90_000,
    mode: 'enforce',
  },
};

describe('settings', () => {
  it('are those of the strategy `balanced` if no layer sets anything', () => {
    expect(settingsOf({})).toEqual(BALANCED);
    expect(settingsOf({ defaults: {}, operations: { chat: {} } })).toEqual(BALANCED);
    expect(settingsOf({ defaults: undefined, operations: undefined })).toEqual(BALANCED);
    expect(createResilience().operation('chat').settings).toEqual(BALANCED);
  });

  it('come from the operation before the defaults, and from the defaults before the library', () => {
    const config = { defaults: { deadlineMs: 10, attemptTimeoutMs: 10 }, operations: { chat: { deadlineMs: 20 } } };
    expect(settingsOf(config)).toMatchObject({ deadlineMs: 20, attemptTimeoutMs: 10 });
    expect(settingsOf(config, 'embed')).toMatchObject({ deadlineMs: 10, attemptTimeoutMs: 10 });
  });

  it('of `undefined` keep the value of lower precedence, in every layer', () => {
    const nothing = listUndefined(SETTINGS);
    expect(settingsOf({ defaults: nothing, operations: { chat: nothing } })).toEqual(BALANCED);
    const defaults = { deadlineMs: 10, breaker: { openMs: 10, trials: 3 } };
    const chat = { ...nothing, breaker: { openMs: undefined, trials: undefined } };
    const merged = settingsOf({ defaults, operations: { chat } });
    expect(merged).toMatchObject({ deadlineMs: 10, breaker: { openMs: 10, trials: 3 } });
  });

  it('of `false` switch off what a layer of lower precedence sets', () => {
    const off = {
      deadlineMs: false,
      attemptTimeoutMs: false,
      retry: false,
      hedge: false,
      quota: false,
      pacing: false,
      concurrency: false,
      breaker: false,
    } as const;
    expect(settingsOf({ defaults: off })).toEqual({ ...off, stream: BALANCED.stream });
    const defaults = {
      deadlineMs: 10,
      retry: { maxAttempts: 5 },
      hedge: { delayMs: 50 },
      quota: { maxWaitMs: 5 },
      pacing: { requestsPerMinute: 60 },
      concurrency: { limit: 2 },
      breaker: { openMs: 10 },
    };
    expect(settingsOf({ defaults, operations: { chat: off } })).toEqual({ ...off, stream: BALANCED.stream });
  });

  it('can switch on again for one operation what the defaults switch off', () => {
    const defaults = {
      deadlineMs: false,
      attemptTimeoutMs: false,
      retry: false,
      quota: false,
      breaker: false,
    } as const;
    const chat = { deadlineMs: 5, retry: { maxAttempts: 2 }, quota: { spreadMs: 5 }, breaker: { openMs: 5 } };
    const on = settingsOf({ defaults, operations: { chat } });
    expect(on).toMatchObject({
      deadlineMs: 5,
      attemptTimeoutMs: false,
      retry: { kinds: { network: { ...RETRIED, maxAttempts: 2 } }, budget: { burst: 10 } },
      quota: { maxWaitMs: 30_000, exhaustedMs: 300_000, maxHoldMs: 3_600_000, spreadMs: 5 },
      breaker: { openMs: 5, trip: { consecutiveFailures: 5 } },
    });
  });

  it('of a breaker are merged part by part, its trip rules as a whole', () => {
    const defaults = { breaker: { openMs: 10, trials: 3, trip: { consecutiveFailures: 7 } } };
    const chat = { breaker: { trials: 4, trip: { failureRate: 0.5 } } };
    expect(settingsOf({ defaults, operations: { chat } }).breaker).toMatchObject({
      openMs: 10,
      trials: 4,
      trip: { consecutiveFailures: undefined, failureRate: 0.5 },
    });
  });

  it('of retries are merged part by part, including those of a kind and of the budget', () => {
    const defaults = {
      retry: {
        maxAttempts: 5,
        minDelayMs: 100,
        maxElapsedMs: 900,
        kinds: { overloaded: { maxAttempts: 7, minDelayMs: 300 }, network: false, unknown: true },
        budget: { ratio: 0.5, floorPerSecond: 20 },
      },
    } as const;
    const chat = {
      retry: {
        minDelayMs: 200,
        kinds: { overloaded: { maxAttempts: 2 }, network: true, auth: { maxAttempts: 2 } },
        budget: { burst: 3 },
      },
    } as const;
    const { retry } = settingsOf({ defaults, operations: { chat } });
    const own = { ...RETRIED, maxAttempts: 5, minDelayMs: 200 };
    expect(retry).toMatchObject({
      kinds: {
        timeout: own,
        overloaded: { ...own, maxAttempts: 2, minDelayMs: 300 },
        network: own,
        unknown: { ...own, always: true },
        auth: { ...own, maxAttempts: 2, always: true },
      },
      maxElapsedMs: 900,
      budget: { ratio: 0.5, floorPerSecond: 20, burst: 3 },
    });
    expect(settingsOf({ defaults, operations: { chat } }, 'embed').retry).toMatchObject({ kinds: { network: false } });
  });

  it('of `undefined` within those of retries keep the value of lower precedence', () => {
    const defaults = { retry: { maxAttempts: 5, kinds: { network: false }, budget: false } } as const;
    const chat = { retry: { maxAttempts: undefined, kinds: { network: undefined }, budget: undefined } };
    expect(settingsOf({ defaults, operations: { chat } })).toEqual(settingsOf({ defaults }));
  });

  it('of a budget can be switched off and on by an operation', () => {
    const off = { retry: { budget: false } } as const;
    const on = { retry: { budget: { ratio: 0.1 } } };
    const budgetOf = (config: ConfigInput) => settingsOf(config).retry;
    expect(budgetOf({ defaults: on, operations: { chat: off } })).toMatchObject({ budget: false });
    expect(budgetOf({ defaults: off, operations: { chat: on } })).toMatchObject({
      budget: { ratio: 0.1, floorPerSecond: 5, burst: 10 },
    });
  });

  it('of a quota are merged part by part', () => {
    const defaults = { quota: { maxWaitMs: 5, exhaustedMs: 6 } };
    expect(settingsOf({ defaults, operations: { chat: { quota: { exhaustedMs: 7 } } } }).quota).toEqual({
      maxWaitMs: 5,
      exhaustedMs: 7,
      maxHoldMs: 3_600_000,
      spreadMs: 1_000,
    });
  });

  it('cannot be changed by code that reads them', () => {
    const parts: unknown[] = [createResilience().operation('chat').settings];
    for (const part of parts) {
      expect(Object.isFrozen(part)).toBe(true);
      if (typeof part === 'object' && part !== null) parts.push(...Object.values(part));
    }
    // Retries, their kinds and their budget, the quota, the breaker and its trip rules were among them.
    expect(parts.length).toBeGreaterThan(100);
  });

  it('are refused if only the layers together make a wait too short', () => {
    const tooShort = (config: ConfigInput) => issuesIn(thrownBy(() => configuration(config)))[0]?.path;
    expect(
      tooShort({ defaults: { retry: { maxDelayMs: 50 } }, operations: { chat: { retry: { minDelayMs: 60 } } } }),
    ).toBe('config.operations.chat.retry.maxDelayMs');
  });

  it('are refused if only the layers together make openMaxMs shorter than openMs', () => {
    const tooShort = (config: ConfigInput) => issuesIn(thrownBy(() => configuration(config)))[0]?.path;
    expect(tooShort({ defaults: { breaker: { openMaxMs: 1_000 } } })).toBe('config.defaults.breaker.openMaxMs');
    expect(
      tooShort({ defaults: { breaker: { openMaxMs: 70_000 } }, operations: { chat: { breaker: { openMs: 80_000 } } } }),
    ).toBe('config.operations.chat.breaker.openMaxMs');
  });
});

describe('settings of one call', () => {
  const layered = configuration({
    defaults: { retry: { maxAttempts: 5, kinds: { network: { maxAttempts: 9 } } }, quota: { maxWaitMs: 5 } },
  }).forOperation('chat');

  it('are merged over those of its operation', () => {
    const own = resolveCallSettings(layered, {
      settings: { retry: { minDelayMs: 100 }, quota: { spreadMs: 3 }, deadlineMs: 7 },
    });
    expect(own).toMatchObject({
      deadlineMs: 7,
      attemptTimeoutMs: 60_000,
      retry: {
        kinds: {
          timeout: { maxAttempts: 5, minDelayMs: 100 },
          network: { maxAttempts: 9, minDelayMs: 100 },
        },
      },
      quota: { maxWaitMs: 5, exhaustedMs: 300_000, maxHoldMs: 3_600_000, spreadMs: 3 },
    });
  });

  it('can switch a stage off, and on again', () => {
    expect(resolveCallSettings(layered, { settings: { retry: false, quota: false } })).toMatchObject({
      retry: false,
      quota: false,
    });
    const off = configuration({ defaults: { retry: false, quota: false } }).forOperation('chat');
    expect(resolveCallSettings(off, { settings: { retry: { maxAttempts: 2 }, quota: {} } })).toMatchObject({
      retry: { kinds: { network: { maxAttempts: 2 } } },
      quota: { maxWaitMs: 30_000 },
    });
  });

  it('are refused if they contradict those of the operation', () => {
    const issues = issuesIn(
      thrownBy(() => resolveCallSettings(layered, { settings: { retry: { minDelayMs: 9, maxDelayMs: 8 } } })),
    );
    expect(issues).toMatchObject([{ path: 'options.settings.retry.maxDelayMs' }]);
  });

  it('leave those of the operation as they are', () => {
    const before = structuredClone(layered);
    resolveCallSettings(layered, { settings: { retry: { kinds: { network: false } }, quota: { maxWaitMs: 1 } } });
    expect(layered).toEqual(before);
  });
});

describe('the lease of a trial', () => {
  const leaseOf = (config: ConfigInput) => {
    const { breaker } = settingsOf(config);
    return breaker === false ? undefined : breaker.trialLeaseMs;
  };

  it('is longer than an attempt may take, or than the call if attempts have no timeout', () => {
    expect(leaseOf({ defaults: { attemptTimeoutMs: 1_000 } })).toBe(1_500);
    expect(leaseOf({ defaults: { attemptTimeoutMs: false, deadlineMs: 2_000 } })).toBe(3_000);
  });

  it('is the default of the breaker if nothing limits the attempt', () => {
    expect(leaseOf({ defaults: { attemptTimeoutMs: false, deadlineMs: false } })).toBe(60_000);
  });

  it('is the value in the config if there is one', () => {
    expect(leaseOf({ defaults: { breaker: { trialLeaseMs: 5 } } })).toBe(5);
  });

  it('is never longer than a timer can be', () => {
    expect(computeTrialLeaseMs(2 ** 31 - 1, false)).toBe(2 ** 31 - 1);
    expect(computeTrialLeaseMs(false, false)).toBeUndefined();
  });
});

describe('a config object', () => {
  const shared = () => ({
    defaults: { deadlineMs: 10 },
    operations: { chat: { breaker: { openMs: 10, trip: { consecutiveFailures: 2 } } } },
  });

  it('may be changed afterwards without effect, also on operations that come later', async () => {
    const config = shared();
    const resilience = createResilience({ config });
    config.defaults.deadlineMs = 99;
    config.operations.chat.breaker.openMs = 99;
    config.operations.chat.breaker.trip.consecutiveFailures = 99;
    Object.assign(config.operations, { embed: { deadlineMs: 77 } });
    expect(resilience.operation('chat').settings).toMatchObject({ deadlineMs: 10, breaker: { openMs: 10 } });
    expect(resilience.operation('embed').settings.deadlineMs).toBe(10);
    await fail(resilience, 2);
    expect(resilience.breaker('chat').state).toBe('open');
    await resilience.close();
  });

  it('is not changed by holdfast', async () => {
    const config = shared();
    const resilience = createResilience({ config });
    await fail(resilience, 3);
    expect(config).toEqual(shared());
    await resilience.close();
  });

  it('may be frozen at every level', async () => {
    const trip = Object.freeze({ consecutiveFailures: 2 });
    const chat = Object.freeze({ breaker: Object.freeze({ trip }) });
    const config = Object.freeze({ defaults: Object.freeze({}), operations: Object.freeze({ chat }) });
    const resilience = createResilience(Object.freeze({ config }));
    await fail(resilience, 2);
    expect(resilience.breaker('chat').state).toBe('open');
    await resilience.close();
  });

  it('makes its operations known from the start', () => {
    const resilience = createResilience({ config: shared() });
    expect(resilience.health()).toMatchObject({ operations: 1, breakers: 0 });
    expect(resilience.stats('chat').calls).toBe(0);
    expect([...configuration(shared()).names]).toEqual(['chat']);
  });
});

describe('options of one call', () => {
  it('may be changed afterwards without effect on a wrapped function', async () => {
    const resilience = createResilience();
    const options = { key: 'eu', settings: { deadlineMs: 10 } };
    const wrapped = resilience.wrap('chat', () => 1, options);
    options.key = 'us';
    options.settings.deadlineMs = -1;
    await wrapped();
    expect(resilience.operation('chat').stats('eu').calls).toBe(1);
  });

  it('may be frozen', async () => {
    const options = Object.freeze({ key: 'eu', context: Object.freeze({ a: 1 }), settings: Object.freeze({}) });
    expect(await createResilience().execute('chat', (call) => call.context, options)).toEqual({ a: 1 });
  });
});
