import { createResilience } from 'holdfast';

const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 5, maxDelayMs: 10 } } } });

// #region double
let requests = 0;
/** A provider that is down. */
async function provider(): Promise<string> {
  requests += 1;
  throw Object.assign(new Error('down'), { status: 500 });
}

/** An SDK that retries by itself, as most of them do unless they are told not to. */
async function sdk(maxRetries: number): Promise<string> {
  for (let retry = 0; ; retry += 1) {
    try {
      return await provider();
    } catch (error) {
      if (retry === maxRetries) throw error;
    }
  }
}

for (const maxRetries of [2, 0]) {
  requests = 0;
  await resilience.inspect('chat', () => sdk(maxRetries), { key: `with ${maxRetries}` });
  console.log(`maxRetries ${maxRetries}: ${requests} requests`);
}
// #endregion

await resilience.close();
