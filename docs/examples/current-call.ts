import { setTimeout as sleep } from 'node:timers/promises';
import { createResilience, currentCall, DeadlineExceededError } from 'holdfast';

const resilience = createResilience({ asyncContext: true });

// Both have their own arguments alone: they take the signal from the call in which they run.
const search = resilience.wrap('search', async (query: string) => {
  await sleep(1_000, undefined, { signal: currentCall()?.signal });
  return `results for ${query}`;
});

const answer = resilience.wrap(
  'answer',
  async (question: string) => {
    const call = currentCall();
    console.log(call?.operation, call?.attempt);
    return search(question); // has no more time than `answer` has left
  },
  { deadlineMs: 50 },
);

try {
  await answer('Why?');
} catch (error) {
  console.log(DeadlineExceededError.is(error) && error.message);
}

await resilience.close();
