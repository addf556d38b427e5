import { ConfigurationError, createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { retry, retryBudget } from 'holdfast/retry';
import { describe, expect, it } from 'vitest';
import { errorOf } from '../support/calls.js';

/** A Proxy of which nothing can be learnt any more: nearly everything that is done with it throws. */
function revoked<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** What `make` throws, at once or by a promise. */
async function refusal(make: () => unknown): Promise<unknown> {
  return errorOf(Promise.resolve().then(make));
}

const INPUTS: Readonly<Record<string, () => unknown>> = {
  'the options': () => createResilience(revoked({})),
  'the config': () => createResilience({ config: revoked({}) }),
  'the defaults': () => createResilience({ config: { defaults: revoked({}) } }),
  'the operations': () => createResilience({ config: { operations: revoked({}) } }),
  'the settings of retries': () => createResilience({ config: { defaults: { retry: revoked({}) } } }),
  'the settings of a kind': () =>
    createResilience({ config: { defaults: { retry: { kinds: { network: revoked({}) } } } } }),
  'the settings of a quota': () => createResilience({ config: { defaults: { quota: revoked({}) } } }),
  'the settings of a breaker': () => createResilience({ config: { defaults: { breaker: revoked({}) } } }),
  'the trip of a breaker': () => createResilience({ config: { defaults: { breaker: { trip: revoked({}) } } } }),
  'the rules': () => createResilience({ classify: revoked([]) }),
  'one rule': () => createResilience({ classify: [revoked({ when: {}, means: 'network' as const })] }),
  'the options of a call': () => createResilience().execute('chat', () => 1, revoked({})),
  'the signal of a call': () =>
    createResilience().execute('chat', () => 1, { signal: revoked(new AbortController().signal) }),
  'the context of a call': () => createResilience().execute('chat', () => 1, { context: revoked({}) }),
  'the settings of a call': () => createResilience().execute('chat', () => 1, { settings: revoked({}) }),
  'the options of a breaker': () => new CircuitBreaker(revoked({})),
  'the options of retry()': () => retry(() => 1, revoked({})),
  'the settings of a budget': () => retryBudget(revoked({})),
};

describe('a Proxy that has been revoked', () => {
  it.each(Object.entries(INPUTS))('in the place of %s is refused like any other bad input', async (_where, make) => {
    expect(await refusal(make)).toBeInstanceOf(ConfigurationError);
  });
});
