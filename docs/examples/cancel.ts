import { setTimeout as sleep } from 'node:timers/promises';
import { createResilience } from 'holdfast';

const resilience = createResilience();

// In a server: the signal of the request, which aborts when the user leaves.
const user = new AbortController();

const answer = resilience.execute('chat', (call) => sleep(60_000, 'too late', { signal: call.signal }), {
  signal: user.signal,
});

user.abort(new Error('the user left'));

try {
  await answer;
} catch (error) {
  console.log(error === user.signal.reason);
}

await resilience.close();
