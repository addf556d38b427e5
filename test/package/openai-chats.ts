import { type Answer, json } from '../../src/testing/index.js';

/** An answer of OpenAI's chat completions with this message. */
export function chatAnswer(message: Readonly<Record<string, unknown>>, model: string = 'gpt-5-mini'): Answer {
  return json(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_763_700_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, ...message },
        logprobs: null,
        finish_reason: 'tool_calls' in message ? 'tool_calls' : 'stop',
      },
    ],
    usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
  });
}

/** The message by which a model asks for one tool. */
export function toolCall(name: string): Readonly<Record<string, unknown>> {
  return { tool_calls: [{ id: `call_${name}`, type: 'function', function: { name, arguments: '{}' } }] };
}

/** An embedding for each text that a request holds. */
export function embeddingsFor(body: string): Answer {
  const { input = [] }: { readonly input?: readonly string[] } = JSON.parse(body);
  const embedding = Buffer.from(new Float32Array([0.5, 0.25]).buffer).toString('base64');
  const tokens = input.length * 20;
  return json(200, {
    object: 'list',
    model: 'text-embedding-3-small',
    data: input.map((_, index) => ({ object: 'embedding', index, embedding })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}
