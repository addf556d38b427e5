// @ts-check

/** @param {object} delta @param {string | null} finishReason */
const chunk = (delta, finishReason = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_764_547_200,
  model: 'gpt-5-mini',
  service_tier: 'default',
  system_fingerprint: null,
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
});

/**
 * A stream of chat completions as OpenAI sends it, an event each; the last one is its end marker.
 * @param {number} count of the chunks, without the marker
 * @returns {readonly string[]}
 */
export function sentChunks(count) {
  const chunks = [
    chunk({ role: 'assistant', content: '' }),
    ...Array.from({ length: count - 2 }, (_, nth) => chunk({ content: ` word${nth % 10}` })),
    chunk({}, 'stop'),
  ];
  return [...chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`), 'data: [DONE]\n\n'];
}

/** An answer as OpenAI sends it. */
export const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_764_547_200,
  model: 'gpt-5-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello', refusal: null }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
};
