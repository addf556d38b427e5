import { openai } from '@ai-sdk/openai';
import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Middleware } from '@ai-sdk/provider';
import { generateText, wrapEmbeddingModel, wrapImageModel, wrapLanguageModel } from 'ai';
import {
  generateText as generateText7,
  type LanguageModel as LanguageModel7,
  wrapEmbeddingModel as wrapEmbeddingModel7,
  wrapImageModel as wrapImageModel7,
  wrapLanguageModel as wrapLanguageModel7,
} from 'ai-7';
import { openai as openai4 } from 'ai-sdk-openai-4';
import { createResilience } from 'holdfast';
import { failoverModel, holdfastMiddleware, type RequestCallOptions } from 'holdfast/ai';
import { describe, expectTypeOf, it } from 'vitest';

const resilience = createResilience();
const middleware = holdfastMiddleware({ resilience, operation: 'chat' });

describe('holdfastMiddleware(), by its types,', () => {
  it('is middleware of version 6 of the AI SDK, for models of each kind', () => {
    expectTypeOf(middleware).toExtend<LanguageModelV3Middleware>();
    expectTypeOf(wrapLanguageModel({ model: openai('gpt-5'), middleware })).toExtend<LanguageModelV3>();
    wrapEmbeddingModel({ model: openai.embedding('text-embedding-3-small'), middleware });
    wrapImageModel({ model: openai.image('gpt-image-1'), middleware });
  });

  it('is middleware of version 7 of the AI SDK, for models of each kind', () => {
    wrapLanguageModel7({ model: openai4('gpt-5'), middleware });
    wrapLanguageModel7({ model: openai('gpt-5'), middleware });
    wrapEmbeddingModel7({ model: openai4.embedding('text-embedding-3-small'), middleware });
    wrapImageModel7({ model: openai4.image('gpt-image-1'), middleware });
  });

  it('takes only operations of the config, if others are refused', () => {
    const strict = createResilience({ unknownOperations: 'refuse', config: { operations: { chat: {} } } });
    holdfastMiddleware({ resilience: strict, operation: 'chat' });
    // @ts-expect-error there is no such operation
    holdfastMiddleware({ resilience: strict, operation: 'embed' });
  });

  it('takes a resilience with strategies and presets of its own', () => {
    const own = createResilience({ strategies: { patient: { description: '', settings: { deadlineMs: 60_000 } } } });
    holdfastMiddleware({ resilience: own, operation: 'chat' });
    failoverModel([openai('gpt-5')], { resilience: own, operation: 'chat' });
  });

  it('takes reasons or a function to fail on', () => {
    holdfastMiddleware({ resilience, operation: 'chat', failOn: ['content_filter'] });
    holdfastMiddleware({ resilience, operation: 'chat', failOn: ({ finishReason }) => finishReason.raw });
    // @ts-expect-error there is no such reason
    holdfastMiddleware({ resilience, operation: 'chat', failOn: ['filtered'] });
  });

  it('takes options of a request', () => {
    const holdfast = { session: 'c-17', priority: 'high' } satisfies RequestCallOptions;
    void (() => generateText({ model: openai('gpt-5'), prompt: '', providerOptions: { holdfast } }));
    void (() => generateText7({ model: openai4('gpt-5'), prompt: '', providerOptions: { holdfast } }));
  });
});

describe('failoverModel(), by its types,', () => {
  it('is a model of the version of its models', () => {
    const model = failoverModel([openai('gpt-5'), { model: openai.chat('gpt-5-mini'), weight: 2 }], {
      resilience,
      operation: 'chat',
    });
    expectTypeOf(model).toExtend<LanguageModelV3>();
    const newer = failoverModel([openai4('gpt-5'), { model: openai4.chat('gpt-5-mini') }], {
      resilience,
      operation: 'chat',
    });
    expectTypeOf(newer).toExtend<LanguageModel7>();
    expectTypeOf(newer.specificationVersion).toEqualTypeOf<'v4'>();
  });

  it('prepares the request in the types of its model', () => {
    const prepared = {
      model: openai('gpt-5'),
      prepare: (params: LanguageModelV3CallOptions) => ({ ...params, maxOutputTokens: 10 }),
    };
    failoverModel([openai('gpt-5'), prepared], { resilience, operation: 'chat' });
    failoverModel(
      [
        openai('gpt-5'),
        {
          model: openai('gpt-5-mini'),
          prepare: (params) => {
            expectTypeOf(params.prompt).toEqualTypeOf<LanguageModelV3CallOptions['prompt']>();
            return params;
          },
        },
      ],
      { resilience, operation: 'chat' },
    );
  });

  it('takes only operations of the config, if others are refused', () => {
    const strict = createResilience({ unknownOperations: 'refuse', config: { operations: { chat: {} } } });
    failoverModel([openai('gpt-5')], { resilience: strict, operation: 'chat' });
    // @ts-expect-error there is no such operation
    failoverModel([openai('gpt-5')], { resilience: strict, operation: 'other' });
  });
});
