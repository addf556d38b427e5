import { createOpenAI } from '@ai-sdk/openai';
import {
  embedMany,
  generateImage,
  generateText,
  stepCountIs,
  streamText,
  tool,
  wrapEmbeddingModel,
  wrapImageModel,
  wrapLanguageModel,
} from 'ai';
import {
  embedMany as embedMany7,
  generateImage as generateImage7,
  generateText as generateText7,
  isStepCount as stepCountIs7,
  streamText as streamText7,
  tool as tool7,
  wrapEmbeddingModel as wrapEmbeddingModel7,
  wrapImageModel as wrapImageModel7,
  wrapLanguageModel as wrapLanguageModel7,
} from 'ai-7';
import { createOpenAI as createOpenAI4 } from 'ai-sdk-openai-4';
import type { Resilience } from 'holdfast';
import {
  type FailoverModelOptions,
  failoverModel,
  type HoldfastMiddlewareOptions,
  holdfastMiddleware,
} from 'holdfast/ai';
import { z } from 'zod';

/** What is asked of a model. */
export interface Question {
  readonly abortSignal?: AbortSignal;
  /** Of `providerOptions`. */
  readonly holdfast?: { readonly [name: string]: string | number | boolean };
  readonly maxRetries?: number;
  /** The SDK's own limits. */
  readonly timeout?: { readonly stepMs?: number; readonly chunkMs?: number };
  /** Of version 7 alone. */
  readonly streamRetries?: number;
  /** What the tool `weather` does; without it there is none. */
  readonly weather?: (city: string) => string;
}

/** What a streamed answer gives, of either version. */
export interface StreamedAnswer {
  readonly textStream: AsyncIterable<string>;
  readonly fullStream: AsyncIterable<{ readonly type: string; readonly error?: unknown; readonly text?: string }>;
  readonly text: PromiseLike<string>;
  readonly finishReason: PromiseLike<string>;
  readonly response: PromiseLike<{ readonly headers?: Record<string, string> }>;
  /** Errors that `onError` has received. */
  readonly errors: readonly unknown[];
  toUIMessageStreamResponse(): Response;
}

/** A model of either version, as an application uses it. */
export interface AskableModel {
  generate(
    question?: Question,
  ): Promise<{ readonly text: string; readonly finishReason: string; readonly steps: readonly unknown[] }>;
  stream(question?: Question): StreamedAnswer;
}

type Protection = Omit<HoldfastMiddlewareOptions, 'resilience' | 'operation'>;
type Failover = Omit<FailoverModelOptions, 'resilience' | 'operation'>;

/** One of several models: its address, and more about it. */
export interface Member {
  readonly url: string;
  readonly id: string;
  readonly system?: string;
  readonly settings?: { readonly attemptTimeoutMs?: number };
}

/** One version of the AI SDK, with its OpenAI provider. */
export interface AiSdkVersion {
  readonly name: string;
  /** A model behind the middleware. */
  guarded(resilience: Resilience, url: string, options?: Protection): AskableModel;
  /** A model that stands for several. */
  failover(resilience: Resilience, members: readonly Member[], options?: Failover): AskableModel;
  /** Embeds two texts. */
  embed(resilience: Resilience, url: string): Promise<readonly (readonly number[])[]>;
  /** Draws an image, and returns it as base64. */
  draw(resilience: Resilience, url: string): Promise<string>;
}

const PROMPT = 'Hello';
const CITY = z.object({ city: z.string() });
const VALUES = ['one', 'two'];

function toOptions({ abortSignal, holdfast, maxRetries, timeout }: Question) {
  return {
    prompt: PROMPT,
    ...(abortSignal && { abortSignal }),
    ...(holdfast && { providerOptions: { holdfast } }),
    ...(timeout && { timeout }),
    ...(maxRetries !== undefined && { maxRetries }),
  };
}

const version6: AiSdkVersion = {
  name: 'version 6 of the AI SDK',
  guarded(resilience, url, options) {
    const middleware = holdfastMiddleware({ resilience, operation: 'chat', ...options });
    return ask6(wrapLanguageModel({ model: chat6({ url, id: 'gpt-4o' }), middleware }));
  },
  failover(resilience, members, options) {
    const models = members.map((member) => ({
      model: chat6(member),
      ...(member.settings && { settings: member.settings }),
      ...(member.system !== undefined && {
        prepare: (params: Parameters<ReturnType<typeof chat6>['doGenerate']>[0]) => ({
          ...params,
          prompt: [{ role: 'system' as const, content: member.system ?? '' }, ...params.prompt],
        }),
      }),
    }));
    return ask6(failoverModel(models, { resilience, operation: 'chat', ...options }));
  },
  async embed(resilience, url) {
    const { embeddings } = await embedMany({
      model: wrapEmbeddingModel({
        model: createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).embedding('text-embedding-3-small'),
        middleware: holdfastMiddleware({ resilience, operation: 'embed' }),
      }),
      values: VALUES,
    });
    return embeddings;
  },
  async draw(resilience, url) {
    const { image } = await generateImage({
      model: wrapImageModel({
        model: createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).image('gpt-image-1'),
        middleware: holdfastMiddleware({ resilience, operation: 'draw' }),
      }),
      prompt: PROMPT,
    });
    return image.base64;
  },
};

function chat6({ url, id }: Member) {
  return createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).chat(id);
}

function ask6(model: ReturnType<typeof chat6>): AskableModel {
  const toolsOf = ({ weather }: Question) =>
    weather && {
      stopWhen: stepCountIs(3),
      tools: { weather: tool({ inputSchema: CITY, execute: ({ city }) => weather(city) }) },
    };
  return {
    generate: (question = {}) => generateText({ model, ...toOptions(question), ...toolsOf(question) }),
    stream(question = {}) {
      const errors: unknown[] = [];
      const onError = ({ error }: { error: unknown }) => void errors.push(error);
      return Object.assign(streamText({ model, ...toOptions(question), ...toolsOf(question), onError }), { errors });
    },
  };
}

const version7: AiSdkVersion = {
  name: 'version 7 of the AI SDK',
  guarded(resilience, url, options) {
    const middleware = holdfastMiddleware({ resilience, operation: 'chat', ...options });
    return ask7(wrapLanguageModel7({ model: chat7({ url, id: 'gpt-4o' }), middleware }));
  },
  failover(resilience, members, options) {
    const models = members.map((member) => ({
      model: chat7(member),
      ...(member.settings && { settings: member.settings }),
      ...(member.system !== undefined && {
        prepare: (params: Parameters<ReturnType<typeof chat7>['doGenerate']>[0]) => ({
          ...params,
          prompt: [{ role: 'system' as const, content: member.system ?? '' }, ...params.prompt],
        }),
      }),
    }));
    return ask7(failoverModel(models, { resilience, operation: 'chat', ...options }));
  },
  async embed(resilience, url) {
    const { embeddings } = await embedMany7({
      model: wrapEmbeddingModel7({
        model: createOpenAI4({ apiKey: 'key', baseURL: `${url}/v1` }).embedding('text-embedding-3-small'),
        middleware: holdfastMiddleware({ resilience, operation: 'embed' }),
      }),
      values: VALUES,
    });
    return embeddings;
  },
  async draw(resilience, url) {
    const { image } = await generateImage7({
      model: wrapImageModel7({
        model: createOpenAI4({ apiKey: 'key', baseURL: `${url}/v1` }).image('gpt-image-1'),
        middleware: holdfastMiddleware({ resilience, operation: 'draw' }),
      }),
      prompt: PROMPT,
    });
    return image.base64;
  },
};

function chat7({ url, id }: Member) {
  return createOpenAI4({ apiKey: 'key', baseURL: `${url}/v1` }).chat(id);
}

function ask7(model: ReturnType<typeof chat7>): AskableModel {
  const toolsOf = ({ weather }: Question) =>
    weather && {
      stopWhen: stepCountIs7(3),
      tools: { weather: tool7({ inputSchema: CITY, execute: ({ city }) => weather(city) }) },
    };
  return {
    generate: (question = {}) => generateText7({ model, ...toOptions(question), ...toolsOf(question) }),
    stream(question = {}) {
      const errors: unknown[] = [];
      const onError = ({ error }: { error: unknown }) => void errors.push(error);
      const { streamRetries = 0 } = question;
      const own = { model, ...toOptions(question), ...toolsOf(question), onError, streamRetries };
      return Object.assign(streamText7(own), { errors });
    },
  };
}

/** The versions that are supported. */
export const AI_SDK_VERSIONS: readonly AiSdkVersion[] = [version6, version7];
