import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import * as ai6 from 'ai';
import * as ai7 from 'ai-7';
import { createOpenAI as createOpenAI4 } from 'ai-sdk-openai-4';
import Groq from 'groq-sdk';
import OpenAI, { AzureOpenAI } from 'openai';
import OpenAI7 from 'openai-7';
import { holdfastMiddleware, protect } from '../../../src/entry/ai.js';
import type { FailureKind, Resilience } from '../../../src/entry/root.js';
import { anthropic, groq, openai, type Provider } from '../../../src/testing/index.js';

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
