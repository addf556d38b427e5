import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import * as ai6 from 'ai';
import * as ai7 from 'ai-7';
import { createOpenAI as createOpenAI4 } from 'ai-sdk-openai-4';
import { CohereClientV2 } from 'cohere-ai';
import { GoogleGenAI as GoogleGenAI3 } from 'google-genai-3';
import Groq from 'groq-sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import OpenAI7 from 'openai-7';
import { holdfastMiddleware, protect } from '../../../src/entry/ai.js';
import type { FailureKind, Resilience } from '../../../src/entry/root.js';
import {
  anthropic,
  bedrock,
  cohere,
  google as googleProvider,
  groq,
  mistral,
  openai,
  type Provider,
} from '../../../src/testing/index.js';

/** What a request of a client may be asked with. */
export interface Asked {
  readonly signal?: AbortSignal;
}

/** A client under protection. */
export interface ProtectedClient {
  /** Resolves to the text of an answer. */
  plain(asked?: Asked): Promise<string>;
  /** Resolves to the text of a stream, once it has ended. */
  stream(asked?: Asked): Promise<string>;
}

/** An SDK, as the tests of all protected clients use it. */
export interface ProtectedSdk {
  readonly name: string;
  readonly provider: Provider;
  /** What its stream says in an error of the provider within it, if it has one. */
  readonly inStream: string;
  /** Kinds of failure that it makes of something else, by the fault and the form. */
  readonly kinds?: Readonly<Record<string, FailureKind>>;
  /** Whether its own errors contain the request, so that listeners must not write them to logs. */
  readonly errorsTell?: boolean;
  protect(url: string, resilience: Resilience): ProtectedClient;
}

const MODEL = 'gpt-5';
/** A key and a prompt that no event may contain. */
export const SECRET_KEY = 'sk-secret-key-4711';
export const SECRET_PROMPT = 'a secret prompt';
const MESSAGES = [{ role: 'user' as const, content: SECRET_PROMPT }];
const OPERATION = 'chat';

/** What the SDKs with OpenAI's shape have in common. */
interface ChatClient {
  readonly chat: {
    readonly completions: {
      create(request: object, options?: object): PromiseLike<unknown>;
    };
  };
}

function chatOf(client: ChatClient): ProtectedClient {
  const { completions } = client.chat;
  return {
    async plain(asked) {
      const answer = (await completions.create({ model: MODEL, messages: MESSAGES }, asked)) as OpenAI.ChatCompletion;
      return answer.choices[0]?.message.content ?? '';
    },
    async stream(asked) {
      const request = { model: MODEL, messages: MESSAGES, stream: true };
      const events = (await completions.create(request, asked)) as AsyncIterable<OpenAI.ChatCompletionChunk>;
      let text = '';
      for await (const event of events) text += event.choices[0]?.delta.content ?? '';
      return text;
    },
  };
}

/** SDKs with the shape of OpenAI's. */
function chatSdk(name: string, provider: Provider, make: (url: string) => ChatClient): ProtectedSdk {
  return {
    name,
    provider,
    inStream: 'stream_error',
    protect: (url, resilience) => chatOf(protect(make(url), { resilience, operation: OPERATION })),
  };
}

const anthropicSdk: ProtectedSdk = {
  name: 'Anthropic',
  provider: anthropic,
  inStream: 'stream_error',
  protect: (url, resilience) => {
    const bare = new Anthropic({ apiKey: SECRET_KEY, baseURL: url });
    const { messages } = protect(bare, { resilience, operation: OPERATION });
    const request = { model: 'claude-sonnet-5', max_tokens: 10, messages: MESSAGES };
    return {
      async plain(asked) {
        const { content } = await messages.create(request, asked);
        return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
      },
      async stream(asked) {
        let text = '';
        for await (const event of await messages.create({ ...request, stream: true }, asked)) {
          if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
        }
        return text;
      },
    };
  },
};

/** A part of an answer or a stream, as the SDKs have it. */
interface Texts {
  readonly text?: string;
}

/** SDKs whose answers and streams are read by a function each. */
function otherSdk<Client extends object>(
  name: string,
  provider: Provider,
  inStream: string,
  make: (url: string) => Client,
  sdk: {
    readonly chat: (client: Client, signal: AbortSignal | undefined) => PromiseLike<unknown>;
    readonly stream: (client: Client, signal: AbortSignal | undefined) => PromiseLike<unknown>;
    readonly readAnswer: (answer: never) => string | undefined;
    readonly readEvent: (event: never) => string | undefined;
  },
  kinds: ProtectedSdk['kinds'] = {},
): ProtectedSdk {
  return {
    name,
    provider,
    inStream,
    kinds,
    protect: (url, resilience) => {
      const client = protect(make(url), { resilience, operation: OPERATION });
      return {
        async plain(asked) {
          return sdk.readAnswer((await sdk.chat(client, asked?.signal)) as never) ?? '';
        },
        async stream(asked) {
          let text = '';
          const events = (await sdk.stream(client, asked?.signal)) as AsyncIterable<never>;
          for await (const event of events) text += sdk.readEvent(event) ?? '';
          return text;
        },
      };
    },
  };
}

const google: Parameters<typeof otherSdk<GoogleGenAI>>[4] = {
  chat: (client, signal) => client.models.generateContent(toGoogle(signal)),
  stream: (client, signal) => client.models.generateContentStream(toGoogle(signal)),
  readAnswer: ({ text }: Texts) => text,
  readEvent: ({ text }: Texts) => text,
};

function toGoogle(abortSignal: AbortSignal | undefined) {
  return { model: 'gemini-flash', contents: SECRET_PROMPT, config: abortSignal ? { abortSignal } : {} };
}

const BEDROCK_ASK = {
  modelId: 'anthropic.claude',
  messages: [{ role: 'user' as const, content: [{ text: SECRET_PROMPT }] }],
};
const toAws = (abortSignal: AbortSignal | undefined) => (abortSignal ? { abortSignal } : {});

interface AiSdk {
  generateText(options: never): PromiseLike<{ readonly text: string }>;
  streamText(options: never): { readonly fullStream: AsyncIterable<unknown> };
}

/** The AI SDK, by middleware. */
function aiSdk(name: string, sdk: AiSdk, wrap: (url: string, resilience: Resilience) => unknown): ProtectedSdk {
  return {
    name,
    provider: openai,
    inStream: 'stream_error',
    errorsTell: true,
    // It looks for events in whatever comes, and finds none.
    kinds: {
      'a page of HTML instead of an answer (stream)': 'network',
      'broken JSON (stream)': 'network',
    },
    protect: (url, resilience) => {
      const model = wrap(url, resilience);
      const request = (asked?: Asked) => ({ model, prompt: SECRET_PROMPT, abortSignal: asked?.signal }) as never;
      return {
        async plain(asked) {
          return (await sdk.generateText(request(asked))).text;
        },
        async stream(asked) {
          let text = '';
          for await (const part of sdk.streamText({ ...(request(asked) as object), onError: () => undefined } as never)
            .fullStream) {
            const { type, text: piece = '', error } = part as { type: string; text?: string; error?: unknown };
            if (type === 'error') throw error;
            if (type === 'text-delta') text += piece;
          }
          return text;
        },
      };
    },
  };
}

/** What they report within a stream is that they are overloaded. */
const OVERLOADED = { 'a failure within the answer (stream)': 'overloaded' } as const;

/** Every SDK that `protect` knows, in the versions that are proven. */
export const PROTECTED_SDKS: readonly ProtectedSdk[] = [
  chatSdk('OpenAI 6', openai, (url) => new OpenAI({ apiKey: SECRET_KEY, baseURL: `${url}/v1` })),
  chatSdk('OpenAI 7', openai, (url) => new OpenAI7({ apiKey: SECRET_KEY, baseURL: `${url}/v1` })),
  chatSdk(
    'Azure OpenAI',
    openai,
    (url) => new AzureOpenAI({ apiKey: SECRET_KEY, endpoint: url, apiVersion: '2024-10-21', deployment: MODEL }),
  ),
  chatSdk('Groq', groq, (url) => new Groq({ apiKey: SECRET_KEY, baseURL: url })),
  anthropicSdk,
  otherSdk(
    'Google 2',
    googleProvider,
    'stream_unavailable',
    (url) => new GoogleGenAI({ apiKey: SECRET_KEY, httpOptions: { baseUrl: url } }),
    google,
    OVERLOADED,
  ),
  otherSdk(
    'Google 3',
    googleProvider,
    'stream_unavailable',
    (url) => new GoogleGenAI3({ apiKey: SECRET_KEY, httpOptions: { baseUrl: url } }) as unknown as GoogleGenAI,
    google,
    OVERLOADED,
  ),
  otherSdk(
    'Bedrock',
    bedrock,
    'stream_unavailable',
    (url) =>
      new BedrockRuntimeClient({
        region: 'eu-west-1',
        credentials: { accessKeyId: 'id', secretAccessKey: SECRET_KEY },
        endpoint: url,
        requestHandler: new NodeHttpHandler(),
      }),
    {
      chat: (client, signal) => client.send(new ConverseCommand(BEDROCK_ASK), toAws(signal)),
      stream: async (client, signal) =>
        (await client.send(new ConverseStreamCommand(BEDROCK_ASK), toAws(signal))).stream,
      readAnswer: ({ output }: { output: { message: { content: Texts[] } } }) => output.message.content[0]?.text,
      readEvent: ({ contentBlockDelta }: { contentBlockDelta?: { delta: Texts } }) => contentBlockDelta?.delta.text,
    },
    OVERLOADED,
  ),
  otherSdk('Mistral', mistral, 'stream_error', (url) => new Mistral({ apiKey: SECRET_KEY, serverURL: url }), {
    chat: (client, signal) =>
      client.chat.complete({ model: MODEL, messages: MESSAGES }, signal ? { fetchOptions: { signal } } : {}),
    stream: (client, signal) =>
      client.chat.stream({ model: MODEL, messages: MESSAGES }, signal ? { fetchOptions: { signal } } : {}),
    readAnswer: ({ choices }: { choices: { message: { content: string } }[] }) => choices[0]?.message.content,
    readEvent: ({ data }: { data: { choices: { delta: { content: string } }[] } }) => data.choices[0]?.delta.content,
  }),
  otherSdk('Cohere', cohere, 'stream_error', (url) => new CohereClientV2({ token: SECRET_KEY, environment: url }), {
    chat: (client, signal) => client.chat({ model: MODEL, messages: MESSAGES }, toAws(signal)),
    stream: (client, signal) => client.chatStream({ model: MODEL, messages: MESSAGES }, toAws(signal)),
    readAnswer: ({ message }: { message: { content: Texts[] } }) => message.content[0]?.text,
    readEvent: ({ delta }: { delta?: { message?: { content?: Texts } } }) => delta?.message?.content?.text,
  }),
  aiSdk('the AI SDK 6', ai6, (url, resilience) =>
    ai6.wrapLanguageModel({
      model: createOpenAI({ apiKey: SECRET_KEY, baseURL: `${url}/v1` }).chat(MODEL),
      middleware: holdfastMiddleware({ resilience, operation: OPERATION }),
    }),
  ),
  aiSdk('the AI SDK 7', ai7, (url, resilience) =>
    ai7.wrapLanguageModel({
      model: createOpenAI4({ apiKey: SECRET_KEY, baseURL: `${url}/v1` }).chat(MODEL),
      middleware: holdfastMiddleware({ resilience, operation: OPERATION }),
    }),
  ),
];
