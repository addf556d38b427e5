import { describe, it, type TestContext } from 'vitest';
import { createResilience, explain, type Resilience, toHttpStatus } from '../../src/entry/root.js';
import { startFaultServer } from '../../src/testing/index.js';
import { PROTECTED_SDKS, type ProtectedSdk, SECRET_KEY, SECRET_PROMPT } from './protected/clients.js';
import { type Ends, FAULTS, type Fault, type Form } from './protected/faults.js';

/** Long enough for a busy machine to answer in. */
const SHORT_MS = 300;
const LONG_MS = 20_000;

function makeResilience(limitMs: number): Resilience {
  return createResilience({
    config: {
      defaults: {
        deadlineMs: 60_000,
        attemptTimeoutMs: limitMs,
        retry: { maxAttempts: 3, minDelayMs: 1, maxDelayMs: 2, budget: false },
        breaker: { trip: { minimumCalls: 100, consecutiveFailures: 100 } },
        stream: { firstContentMs: limitMs, idleMs: limitMs },
      },
    },
  });
}

async function ask(sdk: ProtectedSdk, fault: Fault, form: Form, { onTestFinished }: TestContext) {
  const script = fault.script(sdk.provider, form, sdk.inStream);
  const server = await startFaultServer(script === 'refused' ? 'silence' : script);
  if (script === 'refused') await server.refuse();
  const resilience = makeResilience(fault.stalls === true ? SHORT_MS : LONG_MS);
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

  it.concurrent.for(cases)('ends as it must after $name ($form)', async ({ fault, form }, context) => {
    const { expect } = context;
    const { text, error, server, resilience, events, elapsedMs } = await ask(sdk, fault, form, context);
    const ends: Ends = 'as' in fault.ends ? fault.ends : fault.ends[form];
    const [least, most] = typeof ends.requests === 'number' ? [ends.requests, ends.requests] : ends.requests;
    expect(server.requests.length).toBeGreaterThanOrEqual(least);
    expect(server.requests.length).toBeLessThanOrEqual(most);
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
    // Nothing waits for a limit that it need not reach.
    expect(elapsedMs).toBeLessThan(LONG_MS);
    await expect.poll(() => server.requests.filter(({ outcome }) => outcome === 'open')).toEqual([]);
    const without = sdk.errorsTell === true ? 'error' : undefined;
    const told = JSON.stringify([events, resilience.snapshot(), String(error)], (field, value: unknown) =>
      field === without ? undefined : value,
    );
    for (const secret of [SECRET_KEY, SECRET_PROMPT]) expect(told.includes(secret)).toBe(false);
  });
});
