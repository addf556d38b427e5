import { describe, expect, it, onTestFinished } from 'vitest';
import { createResilience, explain, type Resilience, toHttpStatus } from '../../src/entry/root.js';
import { startFaultServer } from '../../src/testing/index.js';
import { PROTECTED_SDKS, type ProtectedSdk, SECRET_KEY, SECRET_PROMPT } from './protected/clients.js';
import { type Ends, FAULTS, type Fault, type Form } from './protected/faults.js';

const LIMIT_MS = 150;

function makeResilience(): Resilience {
  return createResilience({
    config: {
      defaults: {
        deadlineMs: 10_000,
        attemptTimeoutMs: LIMIT_MS,
        retry: { maxAttempts: 3, minDelayMs: 1, maxDelayMs: 2, budget: false },
        breaker: { trip: { minimumCalls: 100, consecutiveFailures: 100 } },
        stream: { firstContentMs: LIMIT_MS, idleMs: LIMIT_MS },
      },
    },
  });
}

async function ask(sdk: ProtectedSdk, fault: Fault, form: Form) {
  const script = fault.script(sdk.provider, form, sdk.inStream);
  const server = await startFaultServer(script === 'refused' ? 'silence' : script);
  if (script === 'refused') await server.refuse();
  const resilience = makeResilience();
  const events: unknown[] = [];
  resilience.on('*', (event) => events.push(event));
  onTestFinished(async () => {
    await resilience.close();
    await server.close();
  });
  const client = sdk.protect(server.url, resilience);
  const startedAt = performance.now();
  const ended = await client[form]().then(
    (text) => ({ text, error: undefined }),
    (error: unknown) => ({ text: undefined, error }),
  );
  return { ...ended, server, resilience, events, elapsedMs: performance.now() - startedAt };
}

describe.each(PROTECTED_SDKS.map((sdk) => [sdk.name, sdk] as const))('a protected client of %s', (_, sdk) => {
  const cases = FAULTS.flatMap((fault) =>
    (['plain', 'stream'] as const).map((form) => ({ fault, form, name: fault.name })),
  );

  it.each(cases)('ends as it must after $name ($form)', async ({ fault, form }) => {
    const { text, error, server, resilience, events, elapsedMs } = await ask(sdk, fault, form);
    const ends: Ends = 'as' in fault.ends ? fault.ends : fault.ends[form];
    expect(server.requests).toHaveLength(ends.requests);
    if (ends.as === 'answer') {
      expect(error).toBeUndefined();
      expect(text).toBe('Hello');
    } else {
      // Never an answer that looks whole.
      expect(text).toBeUndefined();
      expect(error).toBeInstanceOf(Error);
      const told = explain(error);
      expect(told?.failure?.kind).toBe(sdk.kinds?.[`${fault.name} (${form})`] ?? ends.as);
      if (ends.stopReason !== undefined) expect(told?.stopReason).toBe(ends.stopReason);
      expect(toHttpStatus(error)).toBeGreaterThanOrEqual(400);
    }
    expect(elapsedMs).toBeLessThan(5_000);
    await expect.poll(() => server.requests.filter(({ outcome }) => outcome === 'open')).toEqual([]);
    const without = sdk.errorsTell === true ? 'error' : undefined;
    const told = JSON.stringify([events, resilience.snapshot(), String(error)], (field, value: unknown) =>
      field === without ? undefined : value,
    );
    for (const secret of [SECRET_KEY, SECRET_PROMPT]) expect(told.includes(secret)).toBe(false);
  });
});
