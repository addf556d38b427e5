import { createResilience, explain } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

// #region agent
const resilience = createResilience({
  asyncContext: true, // every call in the loop takes the run as its parent
  config: {
    operations: {
      run: { deadlineMs: 120_000, attemptTimeoutMs: false, retry: false, breaker: false }, // the loop as a whole
      chat: { attemptTimeoutMs: 30_000 },
      tool: { attemptTimeoutMs: 10_000 },
    },
  },
});
const openai = protect(new OpenAI(), { resilience, operation: 'chat' });
const model = 'gpt-5-mini';

function run(question: string): Promise<string> {
  return resilience.execute('run', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
    for (let turn = 1; turn <= 5; turn += 1) {
      const completion = await openai.chat.completions.create({ model, messages, tools });
      const message = completion.choices[0]?.message;
      if (message?.tool_calls === undefined) return message?.content ?? '';
      messages.push(message);
      for (const asked of message.tool_calls) messages.push(await useTool(asked));
    }
    throw new Error('no answer after 5 turns');
  });
}

async function useTool(asked: OpenAI.ChatCompletionMessageToolCall): Promise<OpenAI.ChatCompletionToolMessageParam> {
  const content = (text: string) => ({ role: 'tool' as const, tool_call_id: asked.id, content: text });
  if (asked.type !== 'function') return content('There is no such tool.');
  const { name, arguments: input } = asked.function;
  const tool = TOOLS.get(name);
  if (tool === undefined) return content('There is no such tool.');
  const { fn, idempotent } = tool;
  // A tool that changes something is not run again, unless it certainly did not begin.
  const report = await resilience.inspect('tool', ({ signal }) => fn(input, signal), { key: name, idempotent });
  return content(report.ok ? report.value : 'The tool failed.'); // the model decides what to do without it
}
// #endregion

interface Tool {
  readonly fn: (input: string, signal: AbortSignal) => Promise<string>;
  readonly idempotent: boolean;
}

const busy = Object.assign(new Error('the service is busy'), { status: 503 });
let requests = 0;
const TOOLS: ReadonlyMap<string, Tool> = new Map([
  [
    'find_table',
    {
      idempotent: true,
      fn: async () => {
        requests += 1;
        if (requests === 1) throw busy;
        return 'A table for two at eight is free.';
      },
    },
  ],
  [
    'book_table',
    {
      idempotent: false,
      fn: async () => {
        requests += 1;
        throw Object.assign(new Error('the connection was reset'), { code: 'ECONNRESET' }); // booked, or not?
      },
    },
  ],
]);
const tools: OpenAI.ChatCompletionTool[] = [...TOOLS.keys()].map((name) => ({ type: 'function', function: { name } }));

resilience.on('call.failed', ({ operation, key, stopReason }) => console.log(`${operation}/${key}: ${stopReason}`));
resilience.on('retry.scheduled', ({ operation, key }) => console.log(`${operation}/${key} is retried`));

try {
  console.log(await run('Book a table for two.'));
} catch (error) {
  console.log(explain(error)?.summary);
}
console.log(requests, 'requests to tools');
await resilience.close();
