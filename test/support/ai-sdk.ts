import { setTimeout as sleep } from 'node:timers/promises';
import { type ConfigInput, createResilience, type Resilience } from 'holdfast';
import { onTestFinished } from 'vitest';
import {
  type Answer,
  eventStream,
  type FaultServer,
  json,
  type Script,
  startFaultServer,
} from '../../src/testing/index.js';
import type { StreamedAnswer } from '../integration/sdks/ai-sdk-models.js';

/** Starts a provider that is closed at the end of the test. */
export async function serve(script: Script): Promise<FaultServer> {
  const server = await startFaultServer(script);
  onTestFinished(() => server.close());
  return server;
}

/** Retries soon, and limits streams to fractions of a second. */
export function createQuickResilience(defaults: ConfigInput['defaults'] = {}): Resilience {
  const resilience = createResilience({
    config: {
      defaults: {
        retry: { minDelayMs: 1, maxAttempts: 3, jitter: 'none', kinds: { overloaded: { minDelayMs: 1 } } },
        stream: { firstContentMs: 400, idleMs: 400, totalMs: 5_000 },
        ...defaults,
      },
    },
  });
  onTestFinished(() => resilience.close());
  return resilience;
}

/** What a reader of a stream gets: the texts or parts, and what it threw. */
export interface Reading<T> {
  readonly items: readonly T[];
  readonly thrown: unknown;
}

/** Reads to the end or the error. */
export async function readWhole<T>(source: AsyncIterable<T>): Promise<Reading<T>> {
  const items: T[] = [];
  try {
    for await (const item of source) items.push(item);
    return { items, thrown: undefined };
  } catch (thrown) {
    return { items, thrown };
  }
}

/** Reads the text of a streamed answer. */
export async function readText({
  textStream,
}: StreamedAnswer): Promise<{ readonly text: string; readonly thrown: unknown }> {
  const { items, thrown } = await readWhole(textStream);
  return { text: items.join(''), thrown };
}

/** Waits until the client has closed its requests, which it must do soon. */
export async function untilClosed(server: FaultServer): Promise<void> {
  for (let turn = 0; turn < 200 && server.requests.some(({ outcome }) => outcome === 'open'); turn++) await sleep(5);
}

interface Choice {
  readonly content?: string | null;
  readonly finish?: string;
  readonly toolCall?: { readonly name: string; readonly args: string };
}

/** An answer of OpenAI's chat completions. */
export function completion({ content = null, finish = 'stop', toolCall }: Choice): Answer {
  const calls = toolCall && [
    { id: 'call-1', type: 'function', function: { name: toolCall.name, arguments: toolCall.args } },
  ];
  return json(200, {
    id: 'chatcmpl-2',
    object: 'chat.completion',
    created: 1_763_700_000,
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', content, tool_calls: calls }, finish_reason: finish }],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
  });
}

/** A stream of OpenAI's chat completions: the pieces, then the finish reason and the usage. */
export function completionStream(pieces: readonly string[], finish = 'stop', headers = {}): Answer {
  const chunk = (delta: unknown, reason: string | null = null) => ({
    data: {
      id: 'chatcmpl-2',
      object: 'chat.completion.chunk',
      created: 1_763_700_000,
      model: 'gpt-4o',
      choices: [{ index: 0, delta, finish_reason: reason }],
    },
  });
  const usage = {
    data: {
      id: 'chatcmpl-2',
      object: 'chat.completion.chunk',
      created: 1_763_700_000,
      model: 'gpt-4o',
      choices: [],
      usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
    },
  };
  const events = pieces.map((content) => chunk({ role: 'assistant', content }));
  return eventStream([...events, chunk({}, finish), usage, { data: '[DONE]' }], headers);
}

/** Embeddings of two texts. */
export const EMBEDDINGS: Answer = json(200, {
  object: 'list',
  model: 'text-embedding-3-small',
  data: [
    { object: 'embedding', index: 0, embedding: [0.1, 0.2] },
    { object: 'embedding', index: 1, embedding: [0.3, 0.4] },
  ],
  usage: { prompt_tokens: 4, total_tokens: 4 },
});
