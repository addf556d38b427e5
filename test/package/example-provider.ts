import {
  type Answer,
  anthropic,
  type FaultServer,
  google,
  half,
  html,
  json,
  openai,
  type Script,
  startFaultServer,
} from '../../src/testing/index.js';
import { chatAnswer, embeddingsFor, toolCall } from './openai-chats.js';
import { responses } from './openai-responses.js';

/** Starts the provider that an example talks to, in place of OpenAI, Anthropic and Google. */
export function startExampleProvider(example: string): Promise<FaultServer> {
  return startFaultServer(SCRIPTS[example] ?? busyOnce());
}

/** What leads the SDKs to this provider, and gives them a key: an example has no trace of it. */
export function providerEnvironment({ url }: FaultServer): Readonly<Record<string, string>> {
  return {
    OPENAI_API_KEY: 'key',
    OPENAI_BASE_URL: `${url}/v1`,
    ANTHROPIC_API_KEY: 'key',
    ANTHROPIC_BASE_URL: url,
    GROQ_API_KEY: 'key',
    GROQ_BASE_URL: `${url}/v1`,
    OPENROUTER_API_KEY: 'key',
    OPENROUTER_BASE_URL: `${url}/v1`,
    GEMINI_API_KEY: 'key',
    GOOGLE_GEMINI_BASE_URL: url,
  };
}

const BUSY = {
  openai: withHeaders(openai.errors.unavailable, { 'retry-after-ms': '100' }),
  anthropic: withHeaders(anthropic.errors.overloaded, { 'retry-after': '1' }),
  google: json(429, {
    error: {
      code: 429,
      message: 'Resource has been exhausted.',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.2s' }],
    },
  }),
};

/** Fails always, and is retried soon. */
const DOWN = withHeaders(openai.errors.unavailable, { 'retry-after-ms': '1' });

/** Over its limit for longer than a user waits. */
const LIMITED = withHeaders(openai.errors.rate_limited, { 'retry-after': '90', 'retry-after-ms': '90000' });

/** The paths of the APIs, and how each of them answers. */
const APIS: readonly {
  readonly path: RegExp;
  readonly busy: Answer;
  readonly answer: Answer;
  readonly stream: Answer;
}[] = [
  { path: /\/chat\/completions$/, busy: BUSY.openai, ...openai },
  { path: /\/responses$/, busy: BUSY.openai, ...responses },
  { path: /\/messages$/, busy: BUSY.anthropic, ...anthropic },
  { path: /:(generateContent|streamGenerateContent)/, busy: BUSY.google, ...google },
];

/** Rejects the first request to each API, with a short hint, and answers all that follow. */
function busyOnce(): Script {
  const asked = new Set<RegExp>();
  return ({ path, body }) => {
    const api = APIS.find((each) => each.path.test(path));
    if (api === undefined) return json(404, { error: { message: `${path} is not known` } });
    if (!asked.has(api.path)) {
      asked.add(api.path);
      return api.busy;
    }
    return body.includes('"stream":true') || path.includes(':stream') ? api.stream : api.answer;
  };
}

/** Examples that show something else. */
const SCRIPTS: Readonly<Record<string, Script>> = {
  'agent-loop.ts': [
    BUSY.openai,
    chatAnswer(toolCall('find_table')),
    chatAnswer(toolCall('book_table')),
    chatAnswer({ content: 'I could not confirm the booking: please call the restaurant.' }),
  ],
  'ai-sdk-http.ts': ({ path }) => (path.endsWith('/responses') ? openai.errors.quota_exhausted : openai.stream),
  'ai-sdk-stream.ts': [BUSY.openai, BUSY.openai, responses.stream],
  'anthropic-express-stream.ts': [
    BUSY.anthropic,
    anthropic.stream,
    half(anthropic.stream, 'cut'),
    anthropic.errors.context_length,
    half(anthropic.stream, 'stall'),
  ],
  'anthropic-messages.ts': [BUSY.anthropic, anthropic.answer, anthropic.errors.spend_limit],
  'express.ts': [BUSY.openai, responses.answer, LIMITED, 'silence'],
  'targets.ts': ({ path, body }) => {
    if (path.endsWith('/messages')) return anthropic.answer;
    return body.includes('gpt-5-mini') ? openai.errors.quota_exhausted : openai.answer;
  },
  'cache.ts': responses.answer,
  'embeddings-batch.ts': ({ body }) => embeddingsFor(body),
  'failover-three-providers.ts': ({ body }) => {
    if (body.includes('"model":"openai/')) return openai.errors.quota_exhausted;
    if (body.includes('"model":"anthropic/')) return DOWN;
    // What another model must not be sent.
    return body.includes('minimal')
      ? openai.errors.invalid_request
      : chatAnswer({ content: 'Hello' }, 'google/gemini-flash');
  },
  'failover.ts': ({ body }) => {
    if (body.includes('gpt-5-mini')) return openai.errors.quota_exhausted;
    if (body.includes('"gpt-5"')) return responses.answer;
    if (body.includes('gpt-oss')) return DOWN;
    return body.includes('"stream":true') ? openai.stream : openai.answer;
  },
  'fallback.ts': ({ body }) => (body.includes('gpt-5-mini') ? responses.answer : DOWN),
  'gemini-generate.ts': [BUSY.google, google.answer, google.errors.quota_exhausted],
  'logging.ts': [BUSY.openai, responses.answer, LIMITED],
  'migrate-from-ai-retry.ts': ({ path }) => (path.endsWith('/responses') ? DOWN : openai.answer),
  'migrate-from-langchain-fallbacks.ts': ({ body }) =>
    body.includes('gpt-5-mini') ? openai.answer : openai.errors.quota_exhausted,
  'migrate-from-sdk-retries.ts': ({ path }) =>
    path.endsWith('/models') ? DOWN : (APIS.find((api) => api.path.test(path))?.answer ?? DOWN),
  'openai-chat.ts': [BUSY.openai, openai.answer, openai.errors.quota_exhausted],
  'openai-execute.ts': [responses.failed, responses.answer],
  'openai-responses.ts': [responses.failed, responses.answer],
  'protect-openai.ts': [BUSY.openai, openai.answer, openai.stream, openai.errors.quota_exhausted, html(200, 'Sign in')],
  'readme-failure.ts': [LIMITED],
  'readme-targets.ts': ({ path }) => (path.endsWith('/messages') ? anthropic.answer : openai.errors.quota_exhausted),
  'streaming.ts': [
    BUSY.openai,
    responses.stream,
    half(responses.stream, 'stall'),
    half(responses.stream, 'complete'),
    responses.failedStream,
  ],
  'streaming-http.ts': [
    BUSY.openai,
    responses.stream,
    half(responses.stream, 'cut'),
    openai.errors.content_policy,
    half(responses.stream, 'stall'),
  ],
  'streaming-own.ts': responses.stream,
  'streaming-unguarded.ts': half(anthropic.stream, 'stall'),
};

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
