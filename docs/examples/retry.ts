import { createResilience, explain } from 'holdfast';

// Short waits, so that this ends soon. Left out, they are 2 s to 10 s.
const retry = { minDelayMs: 20, maxDelayMs: 50 };
const resilience = createResilience({ config: { operations: { chat: { retry } } } });

resilience.on('retry.scheduled', ({ attempt, failure, waitFor }) => {
  console.log(`attempt ${attempt} failed: ${failure.kind}, wait for ${waitFor}`);
});

/** Fails as a provider's SDK would: with an error that carries the status. */
function overloaded(): Error {
  return Object.assign(new Error('overloaded'), { status: 529 });
}

// #region execute
const answer = await resilience.execute('chat', async (call) => {
  if (call.attempt < 3) throw overloaded();
  return `answered at attempt ${call.attempt}`;
});
console.log(answer);

try {
  await resilience.execute('chat', () => Promise.reject(overloaded()));
} catch (error) {
  // The error object of the last attempt. `explain` lists the attempts before it.
  const known = explain(error);
  console.log(
    known?.stopReason,
    known?.attempts.map(({ outcome }) => outcome),
  );
}
// #endregion

const { attempts, retries } = resilience.stats('chat');
console.log({ attempts, retries });

await resilience.close();
