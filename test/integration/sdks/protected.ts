import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { type ProtectOptions, protect } from '../../../src/entry/ai.js';
import {
  BreakerOpenError,
  createResilience,
  explain,
  type Resilience,
  type ResilienceOptions,
  StreamTruncatedError,
} from '../../../src/entry/root.js';
import { type Answer, type FaultServer, half, type Script, startFaultServer } from '../../../src/testing/index.js';

/** Retries at once. */
const QUICK: ResilienceOptions = {
  config: {
    defaults: {
      retry: { minDelayMs: 1, maxDelayMs: 1, jitter: 'none', kinds: { overloaded: { minDelayMs: 1, maxDelayMs: 1 } } },
    },
  },
};

/** An SDK whose clients are protected. */
export interface ProtectedSdk<Client extends object> {
  readonly make: (url: string) => Client;
  readonly Class: object;
  readonly provider: {
    readonly answer: Answer;
    readonly stream: Answer;
    readonly errors: Readonly<Record<'server_error' | 'unavailable' | 'auth', Answer>>;
  };
  /** The key of its calls: the model that they name. */
  readonly model: string;
  readonly chat: (client: Client, signal?: AbortSignal) => PromiseLike<unknown>;
  /** Resolves to the stream of an answer. */
  readonly stream: (client: Client, signal?: AbortSignal) => PromiseLike<AsyncIterable<unknown>>;
  /** The text of an answer. */
  readonly readAnswer: (answer: never) => unknown;
  /** The text of an event; `undefined` if it has none. */
  readonly readEvent: (event: never) => string | undefined;
  /** What it throws for an answer with the status 401. */
  readonly authError: object;
  /** What it throws for an abort before the answer. Default: the reason. */
  readonly abortError?: object;
  /** The model that a request names. */
  readonly modelOf: (request: FaultServer['requests'][number]) => unknown;
}

interface Started<Client> {
  readonly server: FaultServer;
  readonly resilience: Resilience;
  readonly bare: Client;
  readonly client: Client;
}

/** Starts a server, and a client of it that is protected. */
export async function startProtected<Client extends object>(
  script: Script,
  make: (url: string) => Client,
  options: ResilienceOptions = QUICK,
  ofClient: Partial<ProtectOptions> = {},
): Promise<Started<Client>> {
  const server = await startFaultServer(script);
  const resilience = createResilience(options);
  onTestFinished(async () => {
    await resilience.close();
    await server.close();
  });
  const bare = make(server.url);
  return { server, resilience, bare, client: protect(bare, { resilience, operation: 'chat', ...ofClient }) };
}

/** Reads a stream to its end. */
export async function readEvents(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** Resolves to what a promise is rejected with. */
export async function catchError(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('the promise was not rejected');
}

/** Waits until the client has closed a request, which it must do soon. */
export async function untilAbandoned({ requests }: FaultServer, nth = 0): Promise<void> {
  const sinceMs = performance.now();
  while (requests[nth]?.outcome === 'open') {
    if (performance.now() - sinceMs > 1_000) throw new Error('the request is still open');
    await sleep(2);
  }
  expect(requests[nth]?.outcome).toBe('abandoned');
}

/** One attempt for each target. */
export const NO_RETRY: ResilienceOptions = { config: { defaults: { retry: false } } };

/** Checks what is the same for each SDK. */
export function itIsProtected<Client extends object>(sdk: ProtectedSdk<Client>): void {
  const { make, Class, provider, model, chat, stream, readAnswer, readEvent } = sdk;
  const start = (script: Script, options?: ResilienceOptions, ofClient?: Partial<ProtectOptions>) =>
    startProtected(script, make, options, ofClient);
  const readText = async (events: AsyncIterable<unknown>) =>
    (await readEvents(events)).map((event) => readEvent(event as never) ?? '').join('');

  it('is a client of the same class, and the given one is as before', async () => {
    const { client, bare, server } = await start(provider.errors.auth);
    expect(client).toBeInstanceOf(Class);
    expect(client).not.toBe(bare);
    expect(Object.getPrototypeOf(client)).toBe(Object.getPrototypeOf(bare));
    expect(explain(await catchError(chat(bare)))).toBeUndefined();
    expect(server.requests).toHaveLength(1);
  });

  it('gets an answer after failures', async () => {
    const { client, server, resilience } = await start([provider.errors.server_error, 'reset', provider.answer]);
    expect(readAnswer((await chat(client)) as never)).toBe('Hello');
    expect(server.requests).toHaveLength(3);
    expect(resilience.operation('chat').stats(model)).toMatchObject({ successes: 1, retries: 2 });
  });

  it('takes the usage that an answer tells, so that the next call need not wait', async () => {
    const options = { config: { defaults: { pacing: { tokensPerMinute: 1_000 } } } } as const;
    const { client, server } = await start(provider.answer, options, { estimate: { inputTokens: 900 } });
    await chat(client);
    await chat(client);
    expect(server.requests).toHaveLength(2);
  });

  it('throws what the SDK throws, which explain() recognises', async () => {
    const { client, server } = await start(provider.errors.auth);
    const error = await catchError(chat(client));
    expect(error).toMatchObject(sdk.authError);
    expect(explain(error)).toMatchObject({ operation: 'chat', key: model, failure: { kind: 'auth' } });
    expect(server.requests).toHaveLength(1);
  });

  it('throws what the SDK throws instead of a stream', async () => {
    const { client } = await start(provider.errors.auth);
    const error = await catchError(stream(client));
    expect(error).toMatchObject(sdk.authError);
    expect(explain(error)).toMatchObject({ operation: 'chat', failure: { kind: 'auth' } });
  });

  it('does not retry beside us', async () => {
    const { client, server } = await start(provider.errors.server_error);
    await catchError(chat(client));
    expect(server.requests).toHaveLength(3);
  });

  it('throws our own errors as they are', async () => {
    const { client, server, resilience } = await start(provider.answer);
    resilience.breaker('chat', model).open();
    const error = await catchError(chat(client));
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect(explain(error)).toMatchObject({ stopReason: 'breaker_open' });
    expect(server.requests).toHaveLength(0);
  });

  it('throws a timeout of ours as it is', async () => {
    const options = { config: { defaults: { retry: false, attemptTimeoutMs: 150 } } } as const;
    const { client } = await start('silence', options);
    expect(await catchError(chat(client))).toMatchObject({ name: 'AttemptTimeoutError' });
  });

  it('reads a stream, also after a failure', async () => {
    const { client, server, resilience } = await start([provider.errors.unavailable, provider.stream]);
    expect(await readText(await stream(client))).toBe('Hello');
    expect(server.requests).toHaveLength(2);
    expect(resilience.operation('chat').stats(model)).toMatchObject({ successes: 1 });
  });

  it('reads a stream again that has broken before its first content', async () => {
    const { body } = provider.stream;
    if (!Array.isArray(body)) throw new Error('is no stream');
    const broken: Answer = { ...provider.stream, body: [], ending: 'cut' };
    const { client, server } = await start([broken, provider.stream]);
    expect(await readText(await stream(client))).toBe('Hello');
    expect(server.requests).toHaveLength(2);
  });

  it('throws an error of ours where a stream ends too early', async () => {
    const { client, server, resilience } = await start(half(provider.stream, 'complete'));
    const error = await catchError(readEvents(await stream(client)));
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(error).toMatchObject({ partial: { text: expect.stringMatching(/^Hel/) } });
    expect(server.requests).toHaveLength(1);
    expect(resilience.breaker('chat', model).stats()).toMatchObject({ failures: 1 });
  });

  it('throws an error of ours where a stream falls silent', async () => {
    const options = { config: { defaults: { stream: { idleMs: 50 } } } } as const;
    const { client, server } = await start(half(provider.stream, 'stall'), options);
    const error = await catchError(readEvents(await stream(client)));
    expect(error).toMatchObject({ name: 'StreamStalledError', partial: { text: expect.stringMatching(/^Hel/) } });
    await untilAbandoned(server);
  });

  it('ends a call that the caller aborts', async () => {
    const { client, server, resilience } = await start('silence');
    const caller = new AbortController();
    const asked = catchError(chat(client, caller.signal));
    await server.seen(1);
    caller.abort();
    expect(await asked).toMatchObject(sdk.abortError ?? { name: 'AbortError' });
    await untilAbandoned(server);
    expect(server.requests).toHaveLength(1);
    expect(resilience.breaker('chat', model).stats()).toMatchObject({ failures: 0 });
  });

  it('ends a stream that the caller aborts with an error', async () => {
    const { client, server } = await start(half(provider.stream, 'stall'));
    const caller = new AbortController();
    const events = await stream(client, caller.signal);
    const read = catchError(readEvents(events));
    await sleep(20);
    caller.abort();
    expect(await read).toMatchObject({ name: 'AbortError' });
    await untilAbandoned(server);
  });

  it('ends the request when the loop over a stream is left', async () => {
    const { client, server, resilience } = await start(half(provider.stream, 'stall'));
    for await (const _event of await stream(client)) break;
    await untilAbandoned(server);
    expect(resilience.breaker('chat', model).stats()).toMatchObject({ failures: 0 });
  });

  it('sends the next target the same request', async () => {
    const { client, server } = await start([provider.errors.unavailable, provider.answer], NO_RETRY, {
      targets: ['model-one', 'model-two'],
    });
    await chat(client);
    expect(server.requests.map(sdk.modelOf)).toEqual(['model-one', 'model-two']);
  });

  it('sends a stream to the next target', async () => {
    const { client, server } = await start([provider.errors.unavailable, provider.stream], NO_RETRY, {
      targets: ['model-one', 'model-two'],
    });
    expect(await readText(await stream(client))).toBe('Hello');
    expect(server.requests.map(sdk.modelOf)).toEqual(['model-one', 'model-two']);
  });
}
