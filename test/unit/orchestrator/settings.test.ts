import { type ConfigInput, createResilience, type EffectiveSettings } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { SettingsTable, trialLeaseMs } from '../../../src/orchestrator/settings.js';
import { fail, issuesIn, thrownBy } from '../../support/calls.js';

/** The settings that an operation ends up with. */
function settingsOf(config: ConfigInput, operation = 'chat'): EffectiveSettings {
  return new SettingsTable(config).of(operation);
}

const BALANCED: EffectiveSettings = {
  deadlineMs: 120_000,
  attemptTimeoutMs: 60_000,
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
  it('are those of the strategy `balanced` where nobody says anything', () => {
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

  it('of `undefined` leave what lies below, in every layer', () => {
    const nothing = { deadlineMs: undefined, attemptTimeoutMs: undefined, breaker: undefined };
    expect(settingsOf({ defaults: nothing, operations: { chat: nothing } })).toEqual(BALANCED);
    const defaults = { deadlineMs: 10, breaker: { openMs: 10, trials: 3 } };
    const chat = { ...nothing, breaker: { openMs: undefined, trials: undefined } };
    const merged = settingsOf({ defaults, operations: { chat } });
    expect(merged).toMatchObject({ deadlineMs: 10, breaker: { openMs: 10, trials: 3 } });
  });

  it('of `false` switch off what lies below', () => {
    const off = { deadlineMs: false, attemptTimeoutMs: false, breaker: false } as const;
    expect(settingsOf({ defaults: off })).toEqual(off);
    expect(settingsOf({ defaults: { deadlineMs: 10, breaker: { openMs: 10 } }, operations: { chat: off } })).toEqual(
      off,
    );
  });

  it('can switch on again for one operation what the defaults switch off', () => {
    const defaults = { deadlineMs: false, attemptTimeoutMs: false, breaker: false } as const;
    const on = settingsOf({ defaults, operations: { chat: { deadlineMs: 5, breaker: { openMs: 5 } } } });
    expect(on).toMatchObject({
      deadlineMs: 5,
      attemptTimeoutMs: false,
      breaker: { openMs: 5, trip: { consecutiveFailures: 5 } },
    });
  });

  it('of a breaker are laid over part by part, its trip rules as a whole', () => {
    const defaults = { breaker: { openMs: 10, trials: 3, trip: { consecutiveFailures: 7 } } };
    const chat = { breaker: { trials: 4, trip: { failureRate: 0.5 } } };
    expect(settingsOf({ defaults, operations: { chat } }).breaker).toMatchObject({
      openMs: 10,
      trials: 4,
      trip: { consecutiveFailures: undefined, failureRate: 0.5 },
    });
  });

  it('cannot be changed by those who read them', () => {
    const settings = createResilience().operation('chat').settings;
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.breaker)).toBe(true);
  });

  it('name openMaxMs when only the layers together make it shorter than openMs', () => {
    const tooShort = (config: ConfigInput) => issuesIn(thrownBy(() => new SettingsTable(config)))[0]?.path;
    expect(tooShort({ defaults: { breaker: { openMaxMs: 1_000 } } })).toBe('config.defaults.breaker.openMaxMs');
    expect(
      tooShort({ defaults: { breaker: { openMaxMs: 70_000 } }, operations: { chat: { breaker: { openMs: 80_000 } } } }),
    ).toBe('config.operations.chat.breaker.openMaxMs');
  });
});

describe('the lease of a trial', () => {
  const leaseOf = (config: ConfigInput) => {
    const { breaker } = settingsOf(config);
    return breaker === false ? undefined : breaker.trialLeaseMs;
  };

  it('is longer than the attempt may take, or else the call', () => {
    expect(leaseOf({ defaults: { attemptTimeoutMs: 1_000 } })).toBe(1_500);
    expect(leaseOf({ defaults: { attemptTimeoutMs: false, deadlineMs: 2_000 } })).toBe(3_000);
  });

  it('is what the breaker says when nothing limits the attempt', () => {
    expect(leaseOf({ defaults: { attemptTimeoutMs: false, deadlineMs: false } })).toBe(60_000);
  });

  it('is what the config says, if it says so', () => {
    expect(leaseOf({ defaults: { breaker: { trialLeaseMs: 5 } } })).toBe(5);
  });

  it('is never longer than a timer can be', () => {
    expect(trialLeaseMs(2 ** 31 - 1, false)).toBe(2 ** 31 - 1);
    expect(trialLeaseMs(false, false)).toBeUndefined();
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

  it('is not changed by us', async () => {
    const config = shared();
    const resilience = createResilience({ config });
    await fail(resilience, 3);
    expect(config).toEqual(shared());
    await resilience.close();
  });

  it('may be frozen through and through', async () => {
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
    expect([...new SettingsTable(shared()).names]).toEqual(['chat']);
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
