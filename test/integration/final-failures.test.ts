import { classify, createResilience, type ExecuteOptions } from 'holdfast';
import { describe, expect, it } from 'vitest';

const retry = { minDelayMs: 1, maxDelayMs: 1, maxAttempts: 4, kinds: { unknown: true } } as const;

/** As LangGraph throws it to wait for a person; the real one has the getter too. */
class GraphInterrupt extends Error {
  readonly interrupts = [{ value: 'Send it?' }];

  get is_bubble_up(): boolean {
    return true;
  }
}

const redirect = Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/login;307;' });

async function attemptsOf(error: Error, options: Parameters<typeof createResilience>[0] = {}, own?: ExecuteOptions) {
  const resilience = createResilience({ preset: 'none', config: { defaults: { retry } }, ...options });
  let attempts = 0;
  const work = () => {
    attempts += 1;
    throw error;
  };
  await expect(resilience.execute('chat', work, own)).rejects.toBe(error);
  return { attempts, resilience };
}

describe('a classification rule with the retry advice never', () => {
  const never = { when: { message: 'give up' }, means: { kind: 'unknown', retry: 'never' } } as const;

  it('takes precedence over retry.kinds, which would retry the same kind', async () => {
    expect((await attemptsOf(new Error('something else'), { classify: [never] })).attempts).toBe(4);
    expect((await attemptsOf(new Error('give up'), { classify: [never] })).attempts).toBe(1);
  });

  it('ends the retries, unlike a rule that only names a kind', async () => {
    const kindOnly = { when: { message: 'give up' }, means: 'unknown' } as const;
    expect((await attemptsOf(new Error('give up'), { classify: [kindOnly] })).attempts).toBe(4);
  });
});

describe.each([
  { what: 'an interrupt of LangGraph', signal: new GraphInterrupt('Interrupted') },
  { what: 'a redirect of Next.js', signal: redirect },
])('$what', ({ signal }) => {
  it('passes through a call unchanged, is not retried, and the breaker does not count it', async () => {
    const { attempts, resilience } = await attemptsOf(signal, {
      classify: [{ when: () => true, means: 'server_error' }],
    });
    expect(attempts).toBe(1);
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0, ignored: 1 });
    expect(resilience.stats('chat').failuresByKind).toEqual({ cancelled: 1 });
  });

  it('is classified as cancelled by itself', () => {
    expect(classify(signal)).toMatchObject({ kind: 'cancelled', retry: 'never', breaker: 'ignored' });
  });
});

it('an error with an ordinary digest is a failure like any other', () => {
  expect(classify(Object.assign(new Error('bad'), { digest: '1234567' })).kind).toBe('unknown');
});

describe('additive jitter of a preset', () => {
  const jitterOf = (own: object) => {
    const resilience = createResilience({ preset: 'production', config: { operations: { chat: { retry: own } } } });
    const { retry: effective } = resilience.operation('chat').settings;
    return effective === false ? undefined : effective.kinds;
  };

  it('is no longer than the wait it is added to when a layer of higher precedence shortens only the wait', () => {
    expect(jitterOf({ minDelayMs: 50, maxDelayMs: 500, jitter: 'additive' })?.network).toMatchObject({
      minDelayMs: 50,
      jitterMaxMs: 50,
    });
  });

  it('is as long as its setting when it is given together with the wait', () => {
    const own = { minDelayMs: 50, maxDelayMs: 500, jitter: 'additive', jitterMaxMs: 200 };
    expect(jitterOf(own)?.network).toMatchObject({ jitterMaxMs: 200 });
  });

  it('is no longer than the wait of a kind that has a shorter one', () => {
    const kinds = { network: { minDelayMs: 10 } };
    expect(jitterOf({ jitter: 'additive', kinds })?.network).toMatchObject({ minDelayMs: 10, jitterMaxMs: 10 });
  });
});

describe("unknownOperations: 'refuse'", () => {
  const strict = () =>
    createResilience({
      preset: 'none',
      unknownOperations: 'refuse',
      config: { operations: { chat: {}, embed: {}, talk: { alias: 'chat' } } },
    });

  it('refuses an operation that the config does not name, with what was probably meant', async () => {
    const resilience = strict();
    // @ts-expect-error: no such operation
    const refused = resilience.execute('chatt', () => 1);
    await expect(refused).rejects.toMatchObject({ code: 'HOLDFAST_CONFIGURATION' });
    await expect(refused).rejects.toThrow(/must be one of chat, embed.*Did you mean 'chat'/s);
    // @ts-expect-error: no such operation
    expect(() => resilience.operation('chatt')).toThrow(/must be one of/);
    // @ts-expect-error: no such operation
    expect(await resilience.inspect('chatt', () => 1)).toMatchObject({ ok: false });
    expect(Object.keys(resilience.snapshot().operations)).toEqual(['chat', 'embed']);
  });

  it('accepts named operations and aliases, and those that a change of the config adds', async () => {
    const resilience = strict();
    expect(await resilience.execute('embed', () => 1)).toBe(1);
    expect(await resilience.execute('talk', () => 2)).toBe(2);
    resilience.configure({ operations: { speak: {} } });
    const added: string = 'speak';
    // @ts-expect-error: known at run time only
    expect(await resilience.execute(added, () => 3)).toBe(3);
  });

  it('refuses an invalid value', () => {
    // @ts-expect-error: neither create nor refuse
    expect(() => createResilience({ unknownOperations: 'ignore' })).toThrow(/must be one of create, refuse/);
  });
});
