import { openai as openaiModels } from '@ai-sdk/openai';
import { openai as openaiModels4 } from 'ai-sdk-openai-4';
import { ConfigurationError, createResilience, explain, type HoldfastEvent } from 'holdfast';
import { failoverModel } from 'holdfast/ai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Answer, half, openai } from '../../src/testing/index.js';
import {
  completion,
  completionStream,
  createQuickResilience,
  readText,
  readWhole,
  serve,
  untilClosed,
} from '../support/ai-sdk.js';
import { AI_SDK_VERSIONS, type Member } from './sdks/ai-sdk-models.js';

const DOWN = openai.errors.server_error;
const FIRST = completion({ content: 'of the first' });
const SECOND = completion({ content: 'of the second' });
const FIRST_STREAM = completionStream(['of ', 'the first'], 'stop', { 'x-request-id': 'req-first' });
const SECOND_STREAM = completionStream(['of ', 'the second'], 'stop', { 'x-request-id': 'req-second' });
const SILENT: Answer = { ...FIRST_STREAM, body: [], ending: 'stall' };

const once = { retry: false as const };

function toMembers(...urls: readonly string[]): Member[] {
  return urls.map((url, index) => ({ url, id: index === 0 ? 'gpt-5' : `gpt-5-${index}` }));
}

describe.each(AI_SDK_VERSIONS)('a model that stands for several, with $name', (sdk) => {
  it('answers by the first one while that is well', async () => {
    const [first, second] = [await serve(FIRST), await serve(SECOND)];
    const model = sdk.failover(createQuickResilience(), toMembers(first.url, second.url));
    expect(await model.generate()).toMatchObject({ text: 'of the first' });
    expect(second.requests).toHaveLength(0);
  });

  it('moves on after the retries of the first one, and remembers an outage', async () => {
    const [first, second] = [await serve(DOWN), await serve(SECOND)];
    const resilience = createQuickResilience({ breaker: { trip: { consecutiveFailures: 3 } } });
    const moves: unknown[] = [];
    resilience.on('target.moved', ({ from, to, reason }) => moves.push({ from, to, reason }));
    const model = sdk.failover(resilience, toMembers(first.url, second.url));
    expect(await model.generate()).toMatchObject({ text: 'of the second' });
    expect(await model.generate()).toMatchObject({ text: 'of the second' });
    expect(moves).toEqual([{ from: 'openai.chat/gpt-5', to: 'openai.chat/gpt-5-1', reason: 'server_error' }]);
    expect(first.requests).toHaveLength(3);
    expect(second.requests).toHaveLength(2);
  });

  it('ends with the error of the last one, after the requests of holdfast alone', async () => {
    const [first, second] = [await serve(DOWN), await serve(openai.errors.unavailable)];
    const model = sdk.failover(createQuickResilience(once), toMembers(first.url, second.url));
    const error: unknown = await model.generate().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AI_APICallError', statusCode: 503, isRetryable: false });
    expect(explain(error)?.attempts.map(({ target }) => target)).toEqual(['openai.chat/gpt-5', 'openai.chat/gpt-5-1']);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('ends at once with a failure that every model would have', async () => {
    const [first, second] = [await serve(openai.errors.invalid_request), await serve(SECOND)];
    const model = sdk.failover(createQuickResilience(), toMembers(first.url, second.url));
    await expect(model.generate()).rejects.toMatchObject({ statusCode: 400 });
    expect(second.requests).toHaveLength(0);
  });

  it.each<readonly [what: string, failing: Answer | 'silence']>([
    ['stalls before its first content', SILENT],
    ['never answers', 'silence'],
    ['ends without any content', { ...FIRST_STREAM, body: [] }],
    ['is down', DOWN],
  ])('delivers the whole stream of the second one when the first %s', async (_, failing) => {
    const [first, second] = [await serve(failing), await serve(SECOND_STREAM)];
    const model = sdk.failover(createQuickResilience(once), toMembers(first.url, second.url));
    const answer = model.stream();
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
    expect(await answer.text).toBe('of the second');
    expect((await answer.response).headers).toMatchObject({ 'x-request-id': 'req-second' });
    expect(answer.errors).toEqual([]);
    await untilClosed(first);
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it('delivers the whole stream of the second one although the deadline passes within it', async () => {
    const [first, second] = [await serve(SILENT), await serve({ ...SECOND_STREAM, pieceAfterMs: 80 })];
    const resilience = createQuickResilience({ ...once, deadlineMs: 350, stream: { firstContentMs: 150 } });
    const answer = sdk.failover(resilience, toMembers(first.url, second.url)).stream();
    expect(await readText(answer)).toEqual({ text: 'of the second', thrown: undefined });
  });

  it('is not disturbed by the limit of the SDK on its parts before there are any', async () => {
    const [first, second] = [await serve('silence'), await serve(SECOND_STREAM)];
    const answer = sdk.failover(createQuickResilience(once), toMembers(first.url, second.url));
    expect(await readText(answer.stream({ timeout: { chunkMs: 150 } }))).toEqual({
      text: 'of the second',
      thrown: undefined,
    });
  });

  it('ends with the limit of the SDK on a step', async () => {
    const [first, second] = [await serve('silence'), await serve(SECOND_STREAM)];
    const resilience = createQuickResilience(once);
    const answer = sdk.failover(resilience, toMembers(first.url, second.url)).stream({ timeout: { stepMs: 100 } });
    const { items } = await readWhole(answer.fullStream);
    expect(items.at(-1)?.type).toBe('abort');
    expect(second.requests).toHaveLength(0);
  });

  it.each<readonly [what: string, broken: Answer]>([
    ['stalls', half(FIRST_STREAM, 'stall')],
    ['is cut off', half(FIRST_STREAM, 'cut')],
    ['reports an error', openai.errors.stream_error],
  ])('never mixes the answers of two models: a stream that %s after content fails', async (_, broken) => {
    const [first, second] = [await serve(broken), await serve(SECOND_STREAM)];
    const answer = sdk.failover(createQuickResilience(), toMembers(first.url, second.url)).stream();
    const { text, thrown } = await readText(answer);
    expect(text).not.toContain('second');
    expect(thrown).toBeInstanceOf(Error);
    expect([first.requests.length, second.requests.length]).toEqual([1, 0]);
  });

  it('moves on from an answer that is not wanted', async () => {
    const filtered = completion({ content: 'No.', finish: 'content_filter' });
    const [first, second] = [await serve(filtered), await serve(SECOND)];
    const options = { failOn: ['content_filter'] } as const;
    const model = sdk.failover(createQuickResilience(), toMembers(first.url, second.url), options);
    expect(await model.generate()).toMatchObject({ text: 'of the second', finishReason: 'stop' });
    expect(first.requests).toHaveLength(1);
  });

  it('moves on from an empty stream by the decision of a function', async () => {
    const [first, second] = [await serve(completionStream([], 'content_filter')), await serve(SECOND_STREAM)];
    const reasons: string[] = [];
    const model = sdk.failover(createQuickResilience(), toMembers(first.url, second.url), {
      failOn: ({ finishReason: { unified } }) => {
        reasons.push(unified);
        return unified === 'content-filter' ? 'filtered' : undefined;
      },
    });
    expect(await readText(model.stream())).toEqual({ text: 'of the second', thrown: undefined });
    expect(reasons).toEqual(['content-filter']);
  });

  it('gives back the first answer that was not wanted if the other models fail', async () => {
    const filtered = completion({ content: 'No.', finish: 'content_filter' });
    const [first, second] = [await serve(filtered), await serve(DOWN)];
    const options = { failOn: ['content_filter'] } as const;
    const model = sdk.failover(createQuickResilience(once), toMembers(first.url, second.url), options);
    expect(await model.generate()).toMatchObject({ text: 'No.', finishReason: 'content-filter' });
    expect(second.requests).toHaveLength(1);
  });

  it('accepts an answer if the function that decides throws', async () => {
    const [first, second] = [await serve(FIRST), await serve(SECOND)];
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => void warnings.push(message);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    const model = sdk.failover(createQuickResilience(), toMembers(first.url, second.url), {
      failOn: () => {
        throw new Error('a bug');
      },
    });
    expect(await model.generate()).toMatchObject({ text: 'of the first' });
    await new Promise(setImmediate);
    expect(warnings).toEqual(['failOn has thrown: Error: a bug']);
  });

  it('prepares the request for the model that it goes to', async () => {
    const [first, second] = [await serve(DOWN), await serve(SECOND)];
    const members = [
      { url: first.url, id: 'gpt-5' },
      { url: second.url, id: 'gpt-5-mini', system: 'Be brief.' },
    ];
    const model = sdk.failover(createQuickResilience(once), members);
    expect(await model.generate()).toMatchObject({ text: 'of the second' });
    expect(first.requests[0]?.body).not.toContain('Be brief.');
    expect(second.requests[0]?.body).toContain('Be brief.');
  });

  it('gives each model its settings', async () => {
    const [first, second] = [await serve('silence'), await serve(SECOND)];
    const members = [
      { url: first.url, id: 'gpt-5', settings: { attemptTimeoutMs: 50 } },
      { url: second.url, id: 'gpt-5-mini' },
    ];
    const model = sdk.failover(createQuickResilience(once), members);
    expect(await model.generate()).toMatchObject({ text: 'of the second' });
  });

  it('stays with one model for a session, by the request or by the context', async () => {
    const [first, second] = [await serve([DOWN, FIRST]), await serve(SECOND)];
    let session: string | undefined;
    const resilience = createResilience({
      config: { defaults: { retry: false } },
      context: () => (session === undefined ? {} : { session }),
    });
    onTestFinished(() => resilience.close());
    const model = sdk.failover(resilience, toMembers(first.url, second.url));
    const ask = async (holdfast = {}) => (await model.generate({ holdfast })).text;
    expect(await ask({ session: 'c-17' })).toBe('of the second');
    expect(await ask({ session: 'c-17' })).toBe('of the second');
    expect(await ask({ session: 'c-18' })).toBe('of the first');
    expect(await ask()).toBe('of the first');
    session = 'c-17';
    expect(await ask()).toBe('of the second');
  });

  it('names two models alike that are alike by a number', async () => {
    const [first, second] = [await serve(DOWN), await serve(SECOND)];
    const resilience = createQuickResilience(once);
    const events: HoldfastEvent[] = [];
    resilience.on('target.moved', (event) => events.push(event));
    const members = [
      { url: first.url, id: 'gpt-5' },
      { url: second.url, id: 'gpt-5' },
    ];
    await sdk.failover(resilience, members).generate();
    expect(events).toMatchObject([{ from: 'openai.chat/gpt-5', to: 'openai.chat/gpt-5#2' }]);
  });

  it('ends when its caller aborts while the second model answers', async () => {
    const [first, second] = [await serve(DOWN), await serve(half(SECOND_STREAM, 'stall'))];
    const caller = new AbortController();
    const model = sdk.failover(createQuickResilience(once), toMembers(first.url, second.url));
    const answer = model.stream({ abortSignal: caller.signal });
    const types: string[] = [];
    for await (const { type } of answer.fullStream) {
      types.push(type);
      if (type === 'text-delta') caller.abort();
    }
    expect(types.at(-1)).toBe('abort');
    await untilClosed(second);
    expect(second.requests).toMatchObject([{ outcome: 'abandoned' }]);
  });
});

describe('failoverModel()', () => {
  const resilience = createResilience();
  const options = { resilience, operation: 'chat' };

  it('has the name and the version of the first model', () => {
    const model = failoverModel([openaiModels4('gpt-5'), openaiModels4.chat('gpt-5-mini')], options);
    expect(model).toMatchObject({ specificationVersion: 'v4', provider: 'openai.responses', modelId: 'gpt-5' });
  });

  it('delivers one beginning, whatever was retried', async () => {
    const [first, second] = [await serve(SILENT), await serve(SECOND_STREAM)];
    const [{ createOpenAI }, quick] = [await import('@ai-sdk/openai'), createQuickResilience(once)];
    const models = [first, second].map(({ url }) =>
      createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).chat('gpt-5'),
    );
    const model = failoverModel(models, { resilience: quick, operation: 'chat' });
    const { stream } = await model.doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] });
    const { items: parts } = await readWhole(stream);
    expect(parts.filter(({ type }) => type === 'stream-start')).toHaveLength(1);
    expect(parts.filter(({ type }) => type === 'response-metadata')).toHaveLength(1);
    expect(parts.at(-1)?.type).toBe('finish');
  });

  it('takes the URLs that all models take', async () => {
    const [gpt, chat] = [openaiModels('gpt-5'), openaiModels.chat('gpt-5')];
    const both = failoverModel([gpt, chat], options);
    expect(Object.keys(await gpt.supportedUrls)).toContain('application/pdf');
    expect(await both.supportedUrls).toEqual({ 'image/*': [/^https?:\/\/.*$/] });
    const late = {
      specificationVersion: 'v3' as const,
      provider: 'late',
      modelId: 'late',
      supportedUrls: Promise.resolve({ 'image/*': [] }),
      doGenerate: gpt.doGenerate.bind(gpt),
      doStream: gpt.doStream.bind(gpt),
    };
    expect(await failoverModel([gpt, late], options).supportedUrls).toEqual({});
  });

  it.each<readonly [what: string, models: unknown, issues: readonly object[]]>([
    ['no models', [], [{ path: 'models' }]],
    ['no array', 'gpt-5', [{ path: 'models' }]],
    ['the name of a model', ['openai/gpt-5'], [{ path: 'models[0]' }]],
    ['a target without a model', [{ name: 'gpt-5' }], [{ path: 'models[0]' }]],
    [
      'settings that are wrong',
      [{ model: openaiModels('gpt-5'), weight: -1, prepare: 'trim' }],
      [{ path: 'models[0].prepare' }],
    ],
    ['a weight that is wrong', [{ model: openaiModels('gpt-5'), weight: -1 }], [{ path: 'models[0].weight' }]],
    [
      'names that are the same',
      ['a', 'b'].map(() => ({ model: openaiModels('gpt-5'), name: 'same' })),
      [{ path: 'models[1].name' }],
    ],
    ['models of several versions', [openaiModels('gpt-5'), openaiModels4('gpt-5')], [{ path: 'models' }]],
  ])('refuses %s', (_, models, issues) => {
    let error: unknown;
    try {
      // @ts-expect-error it is wrong
      failoverModel(models, options);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toSatisfy(ConfigurationError.is);
    expect(error).toMatchObject({ issues });
  });

  it('refuses options that are wrong, all at once', () => {
    const wrong = { operation: 'chat', order: 'first', sticky: 7, whenNoneAvailable: 'give up' };
    // @ts-expect-error each of them
    expect(() => failoverModel([openaiModels('gpt-5')], wrong)).toThrow(/order.*sticky|sticky.*order/s);
  });
});
