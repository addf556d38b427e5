import { type Call, createResilience, type TaskFunction } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });

// #region group
const resilience = createResilience({ preset: 'production' });

async function ask(call: Call, input: string): Promise<string> {
  const response = await openai.responses.create({ model: 'gpt-5-mini', input }, { signal: call.signal });
  return response.output_text;
}

const report = await resilience.group(
  {
    outline: (call: Call) => ask(call, 'Outline an article about kelp.'),
    facts: (call: Call) => ask(call, 'List ten facts about kelp.'),
    article: {
      after: ['outline', 'facts'],
      run: (call, { outline, facts }) => ask(call, `Write the article.\n${outline}\n${facts}`),
    },
  },
  { operation: 'chat', deadlineMs: 60_000 },
);
if (report.ok) console.log(report.results.article);
// #endregion

// #region failed
for (const [name, task] of Object.entries(report.tasks)) {
  if (task.status === 'cancelled' && task.because === 'dependency') console.log(`${name} was waiting for ${task.task}`);
  else console.log(`${name} is ${task.status} after ${task.attempts.length} attempts`);
}
// #endregion

// #region dynamic
const questions = ['What is kelp?', 'What eats it?', 'What holds it in surf?'];
const tasks: Record<string, TaskFunction<Promise<string>>> = Object.fromEntries(
  questions.map((question) => [question, (call: Call) => ask(call, question)]),
);
const { results } = await resilience.group(tasks, { operation: 'chat', concurrency: 2 });
// #endregion
console.log(Object.keys(results).length);
await resilience.close();
