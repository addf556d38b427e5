import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { APICallError } from '@ai-sdk/provider';
import { BreakerOpenError, ConfigurationError, explain, StreamStalledError, StreamTruncatedError } from 'holdfast';
import { holdfastMiddleware } from 'holdfast/ai';
import { describe, expect, it } from 'vitest';
import { type Answer, eventStream, half, json, openai } from '../../src/testing/index.js';
import {
  completion,
  completionStream,
  createQuickResilience,
  EMBEDDINGS,
  readText,
  readWhole,
  serve,
  untilClosed,
} from '../support/ai-sdk.js';
import { AI_SDK_VERSIONS } from './sdks/ai-sdk-models.js';

const DOWN = openai.errors.server_error;
const LIMITED = json(
  429,
  { error: { message: 'Slow down.', code: 'rate_limit_exceeded' } },
  { 'retry-after-ms': '40' },
);
const WHOLE = completionStream(['Hel', 'lo'], 'stop', { 'x-request-id': 'req-whole' });
const ERROR_EVENT = {
  data: { error: { message: 'The server had an error.', type: 'server_error', code: 'server_error' } },
};
/** Fails within its stream, before any content. */
const EARLY_ERROR = {
  ...WHOLE,
  body: [...pieces(completionStream([''])).slice(0, 1), ...pieces(eventStream([ERROR_EVENT]))],
};
/** The whole answer but for its last events, which a proxy has closed in order. */
const TRUNCATED = { ...WHOLE, body: pieces(WHOLE).slice(0, 2) };

function pieces({ body }: Answer): readonly (string | Uint8Array)[] {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) throw new Error('is no stream');
  return body;
}

describe.each(AI_SDK_VERSIONS)('a model behind the middleware, with $name', (sdk) => {
  describe('generateText', () => {
    it('is retried by holdfast, and not by the SDK', async () => {
      const server = await serve([DOWN, DOWN, completion({ content: 'Hello' })]);
      const resilience = createQuickResilience();
      expect(await sdk.guarded(resilience, server.url).generate()).toMatchObject({ text: 'Hello' });
      expect(server.requests).toHaveLength(3);
      expect(resilience.stats('chat')).toMatchObject({ calls: 1, attempts: 3, successes: 1 });
    });

    it('ends with the error of the provider, whose server sees as many requests as holdfast makes', async () => {
      const server = await serve(DOWN);
      const model = sdk.guarded(createQuickResilience(), server.url);
      const error: unknown = await model.generate().catch((thrown: unknown) => thrown);
      expect(server.requests).toHaveLength(3);
      expect(APICallError.isInstance(error)).toBe(true);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        name: 'AI_APICallError',
        statusCode: 500,
        isRetryable: false,
        cause: { isRetryable: true, statusCode: 500 },
      });
      expect(explain(error)).toMatchObject({ stopReason: 'attempts_exhausted', failure: { kind: 'server_error' } });
    });

    it('ends with the original error where the SDK would not retry it', async () => {
      const server = await serve(openai.errors.auth);
      const error: unknown = await sdk
        .guarded(createQuickResilience(), server.url)
        .generate()
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ statusCode: 401, isRetryable: false });
      expect(error).not.toHaveProperty('cause.statusCode');
      expect(server.requests).toHaveLength(1);
    });

    it('waits as long as the provider asks for', async () => {
      const server = await serve([LIMITED, completion({ content: 'Hello' })]);
      const resilience = createQuickResilience();
      const waits: number[] = [];
      resilience.on('retry.scheduled', ({ delayMs }) => waits.push(delayMs));
      await sdk.guarded(resilience, server.url).generate();
      expect(server.requests).toHaveLength(2);
      expect(waits[0]).toBeGreaterThanOrEqual(40);
    });

    it('is rejected while the breaker of its model is open', async () => {
      const server = await serve(completion({ content: 'Hello' }));
      const resilience = createQuickResilience();
      const model = sdk.guarded(resilience, server.url);
      await model.generate();
      resilience.breaker('chat', 'openai.chat/gpt-4o').isolate();
      await expect(model.generate()).rejects.toSatisfy(BreakerOpenError.is);
      expect(server.requests).toHaveLength(1);
    });

    it('ends when its caller aborts, with that reason, and closes the request', async () => {
      const server = await serve('silence');
      const caller = new AbortController();
      const model = sdk.guarded(createQuickResilience(), server.url);
      const asked = model.generate({ abortSignal: caller.signal }).catch((thrown: unknown) => thrown);
      await server.seen(1);
      caller.abort();
      expect(await asked).toMatchObject({ name: 'AbortError' });
      await untilClosed(server);
      expect(server.requests).toMatchObject([{ outcome: 'abandoned' }]);
      expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    });

    it('keeps the deadline of its operation', async () => {
      const server = await serve('silence');
      const model = sdk.guarded(createQuickResilience({ deadlineMs: 60, attemptTimeoutMs: 60 }), server.url);
      await expect(model.generate()).rejects.toMatchObject({ name: 'DeadlineExceededError' });
    });

    it('runs the steps of a tool, each with its own retries', async () => {
      const server = await serve([
        DOWN,
        completion({ finish: 'tool_calls', toolCall: { name: 'weather', args: '{"city":"Bern"}' } }),
        DOWN,
        completion({ content: 'Sunny' }),
      ]);
      const cities: string[] = [];
      const weather = (city: string) => {
        cities.push(city);
        return 'sun';
      };
      const { text, steps } = await sdk.guarded(createQuickResilience(), server.url).generate({ weather });
      expect({ text, steps: steps.length, cities }).toEqual({ text: 'Sunny', steps: 2, cities: ['Bern'] });
      expect(server.requests).toHaveLength(4);
    });

    it.each(['generate', 'stream'] as const)('reports its tokens to the call (%s)', async (way) => {
      const server = await serve(way === 'generate' ? completion({ content: 'Hello' }) : WHOLE);
      const resilience = createQuickResilience({ pacing: { tokensPerMinute: 100_000 } });
      const model = sdk.guarded(resilience, server.url);
      for (let nth = 0; nth < 20; nth++) await (way === 'generate' ? model.generate() : readText(model.stream()));
      const keys = resilience.snapshot().operations['chat']?.keys ?? [];
      expect(keys.find(({ key }) => key === 'openai.chat/gpt-4o')?.pacing?.estimatedOutputTokens).toBe(10);
    });
  });

  describe('streamText', () => {
    it('delivers the answer after failed attempts, with one beginning', async () => {
      const server = await serve([DOWN, EARLY_ERROR, WHOLE]);
      const answer = sdk.guarded(createQuickResilience(), server.url).stream();
      const { items, thrown } = await readWhole(answer.fullStream);
      expect(thrown).toBeUndefined();
      expect(items.map(({ type }) => type)).toEqual([
        'start',
        'start-step',
        'text-start',
        'text-delta',
        'text-delta',
        'text-end',
        'finish-step',
        'finish',
      ]);
      expect(await answer.text).toBe('Hello');
      expect(answer.errors).toEqual([]);
      expect(server.requests).toHaveLength(3);
    });

    it('has the headers of the attempt whose answer it delivers', async () => {
      const first = { ...EARLY_ERROR, headers: { ...EARLY_ERROR.headers, 'x-request-id': 'req-early' } };
      const server = await serve([first, WHOLE]);
      const answer = sdk.guarded(createQuickResilience(), server.url).stream();
      await readText(answer);
      expect((await answer.response).headers).toMatchObject({ 'x-request-id': 'req-whole' });
    });

    it.each<readonly [what: string, first: Answer | 'silence']>([
      ['a stall before the first content', { ...half(WHOLE, 'stall'), body: [] }],
      ['silence', 'silence'],
      ['a stream that ends without any event', { ...WHOLE, body: [] }],
    ])('is retried after %s', async (_, first) => {
      const server = await serve([first, WHOLE]);
      const answer = sdk.guarded(createQuickResilience(), server.url).stream();
      expect(await readText(answer)).toEqual({ text: 'Hello', thrown: undefined });
      expect(server.requests).toHaveLength(2);
    });

    it.each<readonly [what: string, broken: Answer, isError: (error: unknown) => boolean]>([
      ['the provider falls silent', half(WHOLE, 'stall'), StreamStalledError.is],
      ['the answer ends without its finish reason', TRUNCATED, StreamTruncatedError.is],
      ['the connection breaks', half(WHOLE, 'cut'), (error) => error instanceof Error],
      ['the provider reports an error', openai.errors.stream_error, (error) => explain(error) !== undefined],
    ])('never ends as if it were whole when %s after content', async (_, broken, isError) => {
      const server = await serve(broken);
      const model = sdk.guarded(createQuickResilience(), server.url);
      const answer = model.stream();
      const { text, thrown } = await readText(answer);
      expect(text).toMatch(/^Hel/);
      expect(thrown).toSatisfy(isError);
      expect(explain(thrown)?.partial?.text).toBe(text);
      expect(thrown).toBeInstanceOf(Error);
      expect(answer.errors).toHaveLength(1);
      await expect(answer.text).rejects.toBe(thrown);
      const { items, thrown: again } = await readWhole(model.stream().fullStream);
      expect(items.at(-1)?.type).toBe('error');
      expect(again).toMatchObject({ message: items.at(-1)?.error === undefined ? '' : expect.any(String) });
      expect(server.requests).toHaveLength(2);
    });

    it.each<readonly [what: string, failed: Answer]>([
      ['reports an error before any content', EARLY_ERROR],
      ['is down', DOWN],
    ])('never ends as an empty success when the provider %s, if told to throw', async (_, failed) => {
      const server = await serve(failed);
      const answer = sdk.guarded(createQuickResilience(), server.url, { streamErrors: 'throw' }).stream();
      const { text, thrown } = await readText(answer);
      expect(text).toBe('');
      expect(thrown).toMatchObject({ statusCode: 500 });
      expect(explain(thrown)).toMatchObject({ stopReason: 'attempts_exhausted' });
      expect(answer.errors).toEqual([thrown]);
      await expect(answer.text).rejects.toBe(thrown);
      expect(server.requests).toHaveLength(3);
    });

    it('fails like any other of the SDK when no answer has begun', async () => {
      const server = await serve(DOWN);
      const answer = sdk.guarded(createQuickResilience(), server.url).stream();
      const { items, thrown } = await readWhole(answer.fullStream);
      expect(thrown).toBeUndefined();
      expect(items.map(({ type }) => type)).toEqual(['start', 'error']);
      expect(answer.errors).toMatchObject([{ statusCode: 500, isRetryable: false }]);
      await expect(answer.text).rejects.toThrow();
      expect(server.requests).toHaveLength(3);
    });

    it('passes a failure on as a part alone if told so', async () => {
      const server = await serve(half(WHOLE, 'stall'));
      const model = sdk.guarded(createQuickResilience(), server.url, { streamErrors: 'part' });
      const answer = model.stream();
      const { items, thrown } = await readWhole(answer.fullStream);
      expect(thrown).toBeUndefined();
      expect(items.find(({ type }) => type === 'error')?.error).toSatisfy(StreamStalledError.is);
      expect(await answer.finishReason).toBe('error');
    });

    it('tells a user interface of a failure', async () => {
      const server = await serve(openai.errors.stream_error);
      const response = sdk.guarded(createQuickResilience(), server.url).stream().toUIMessageStreamResponse();
      const decoder = new TextDecoder();
      let sent = '';
      const reading = readWhole<Uint8Array>(response.body ?? new ReadableStream());
      for (const chunk of (await reading).items) sent += decoder.decode(chunk);
      expect(sent).toContain('"delta":"Hel"');
      expect(sent).toContain('"type":"error"');
      expect((await reading).thrown).toBeDefined();
    });

    it('is a response for a user interface', async () => {
      const server = await serve([DOWN, WHOLE]);
      const response = sdk.guarded(createQuickResilience(), server.url).stream().toUIMessageStreamResponse();
      const sent = await response.text();
      expect(sent.match(/"type":"start"/g)).toHaveLength(1);
      expect(sent).toContain('"delta":"lo"');
      expect(sent).toContain('[DONE]');
    });

    it('ends when its caller aborts in the middle, and closes the request', async () => {
      const server = await serve(half(WHOLE, 'stall'));
      const caller = new AbortController();
      const resilience = createQuickResilience();
      const answer = sdk.guarded(resilience, server.url).stream({ abortSignal: caller.signal });
      const parts: string[] = [];
      const read = (async () => {
        for await (const { type } of answer.fullStream) {
          parts.push(type);
          if (type === 'text-delta') caller.abort();
        }
      })();
      await read;
      expect(parts.at(-1)).toBe('abort');
      expect(answer.errors).toEqual([]);
      await untilClosed(server);
      expect(server.requests).toMatchObject([{ outcome: 'abandoned' }]);
      expect(resilience.breaker('chat', 'openai.chat/gpt-4o').stats()).toMatchObject({ failures: 0 });
      await sleep(0);
      expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    });

    it('runs the steps of a tool', async () => {
      const toolCall = eventStream([
        {
          data: {
            id: 'c',
            object: 'chat.completion.chunk',
            created: 1,
            model: 'gpt-4o',
            choices: [
              {
                index: 0,
                delta: {
                  role: 'assistant',
                  tool_calls: [
                    {
                      index: 0,
                      id: 'call-1',
                      type: 'function',
                      function: { name: 'weather', arguments: '{"city":"Bern"}' },
                    },
                  ],
                },
                finish_reason: null,
              },
            ],
          },
        },
        {
          data: {
            id: 'c',
            object: 'chat.completion.chunk',
            created: 1,
            model: 'gpt-4o',
            choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }],
          },
        },
        { data: '[DONE]' },
      ]);
      const server = await serve([DOWN, toolCall, EARLY_ERROR, WHOLE]);
      const answer = sdk.guarded(createQuickResilience(), server.url).stream({ weather: (city) => `sun in ${city}` });
      expect(await readText(answer)).toEqual({ text: 'Hello', thrown: undefined });
      expect(server.requests).toHaveLength(4);
      expect(server.requests.at(-1)?.body).toContain('sun in Bern');
    });

    it('leaves no request open when its reader leaves', async () => {
      const server = await serve(half(WHOLE, 'stall'));
      const answer = sdk.guarded(createQuickResilience(), server.url).stream();
      for await (const _ of answer.textStream) break;
      await untilClosed(server);
      expect(server.requests).toMatchObject([{ outcome: 'abandoned' }]);
    });
  });

  describe('embedMany', () => {
    it('is retried by holdfast alone', async () => {
      const server = await serve([DOWN, EMBEDDINGS]);
      const resilience = createQuickResilience();
      expect(await sdk.embed(resilience, server.url)).toEqual([
        [0.1, 0.2],
        [0.3, 0.4],
      ]);
      expect(server.requests).toHaveLength(2);
      expect(resilience.stats('embed')).toMatchObject({ calls: 1, attempts: 2 });
    });

    it('ends after as many requests as holdfast makes', async () => {
      const server = await serve(DOWN);
      await expect(sdk.embed(createQuickResilience(), server.url)).rejects.toMatchObject({ isRetryable: false });
      expect(server.requests).toHaveLength(3);
    });
  });

  describe('generateImage', () => {
    it('is retried by holdfast alone', async () => {
      const server = await serve([DOWN, json(200, { created: 1, data: [{ b64_json: 'aGVsbG8=' }] })]);
      const resilience = createQuickResilience();
      expect(await sdk.draw(resilience, server.url)).toBe('aGVsbG8=');
      expect(server.requests).toHaveLength(2);
      expect(resilience.breaker('draw', 'openai.image/gpt-image-1').stats()).toMatchObject({ successes: 1 });
    });
  });

  describe('failOn', () => {
    it('retries what may be better, and gives back the first answer if nothing is', async () => {
      const server = await serve(completion({ content: '' }));
      const model = sdk.guarded(createQuickResilience(), server.url, { failOn: ['empty'] });
      expect(await model.generate()).toMatchObject({ text: '', finishReason: 'stop' });
      expect(server.requests).toHaveLength(3);
    });

    it('does not retry a filtered answer at the same model', async () => {
      const server = await serve(completion({ content: 'No.', finish: 'content_filter' }));
      const resilience = createQuickResilience();
      const kinds: string[] = [];
      resilience.on('attempt.failed', ({ failure }) => kinds.push(failure.kind));
      const model = sdk.guarded(resilience, server.url, { failOn: ['content_filter'] });
      expect(await model.generate()).toMatchObject({ text: 'No.', finishReason: 'content-filter' });
      expect(server.requests).toHaveLength(1);
      expect(kinds).toEqual(['content_policy']);
    });

    it('retries an empty stream, and gives back the first one if nothing is better', async () => {
      const server = await serve(completionStream([], 'stop'));
      const answer = sdk.guarded(createQuickResilience(), server.url, { failOn: ['empty'] }).stream();
      expect(await readText(answer)).toEqual({ text: '', thrown: undefined });
      expect(await answer.finishReason).toBe('stop');
      expect(server.requests).toHaveLength(3);
    });

    it('leaves a stream alone of which something has been delivered', async () => {
      const server = await serve(completionStream(['Hel'], 'content_filter'));
      const answer = sdk.guarded(createQuickResilience(), server.url, { failOn: ['content_filter'] }).stream();
      expect(await readText(answer)).toEqual({ text: 'Hel', thrown: undefined });
      expect(await answer.finishReason).toBe('content-filter');
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('providerOptions.holdfast', () => {
    it('says more about one request, and does not reach the provider', async () => {
      const server = await serve(completion({ content: 'Hello' }));
      const resilience = createQuickResilience();
      const contexts: unknown[] = [];
      resilience.on('call.succeeded', ({ key, context }) => contexts.push({ key, context }));
      await sdk
        .guarded(resilience, server.url)
        .generate({ holdfast: { key: 'tenant-7', session: 'c-17', priority: 'high', deadlineMs: 5_000 } });
      expect(contexts).toEqual([{ key: 'tenant-7', context: { session: 'c-17' } }]);
      expect(server.requests[0]?.body).not.toContain('holdfast');
    });

    it('forbids retries of a request that must not be executed twice', async () => {
      const server = await serve([half(completion({ content: 'Hello' }), 'cut'), completion({ content: 'Hello' })]);
      const model = sdk.guarded(createQuickResilience(), server.url);
      await expect(model.generate({ holdfast: { idempotent: false } })).rejects.toThrow();
      expect(server.requests).toHaveLength(1);
    });

    it('is refused whole if anything in it is wrong', async () => {
      const server = await serve(completion({ content: 'Hello' }));
      const model = sdk.guarded(createQuickResilience(), server.url);
      const error: unknown = await model
        .generate({ holdfast: { sesion: 'c-17', deadlineMs: 'soon' } })
        .catch((thrown: unknown) => thrown);
      expect(error).toSatisfy(ConfigurationError.is);
      expect(error).toMatchObject({
        issues: [
          { path: 'providerOptions.holdfast.sesion', suggestion: expect.stringContaining('session') },
          { path: 'providerOptions.holdfast.deadlineMs' },
        ],
      });
      expect(server.requests).toHaveLength(0);
    });
  });
});

describe('streamRetries of version 7', () => {
  const [, sdk] = AI_SDK_VERSIONS;
  if (sdk === undefined) throw new Error('it is a supported version');

  it('retries a step after content, where holdfast does not', async () => {
    const server = await serve([half(WHOLE, 'stall'), WHOLE]);
    const answer = sdk.guarded(createQuickResilience(), server.url).stream({ streamRetries: 1 });
    expect(await readText(answer)).toEqual({ text: 'HelloHello', thrown: undefined });
    expect(server.requests).toHaveLength(2);
  });

  it('does not multiply the attempts of holdfast before any content', async () => {
    const server = await serve(DOWN);
    const answer = sdk.guarded(createQuickResilience(), server.url).stream({ streamRetries: 2 });
    expect(await readText(answer)).toEqual({ text: '', thrown: undefined });
    expect(server.requests).toHaveLength(3);
  });
});

describe('holdfastMiddleware()', () => {
  it('refuses options that are wrong, all at once', () => {
    const options = { operation: '', failOn: ['filtered'], streamErrors: 'hide' };
    // @ts-expect-error each of them
    expect(() => holdfastMiddleware(options)).toThrow(/operation.*failOn.*streamErrors/s);
  });

  it('asks for what has no default', () => {
    // @ts-expect-error there must be both
    expect(() => holdfastMiddleware({})).toThrow(
      /options\.resilience: must be given.*options\.operation: must be given/s,
    );
  });
});
