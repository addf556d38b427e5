import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, createResilience, explain } from 'holdfast';

const resilience = createResilience({ config: { operations: { chat: { retry: { minDelayMs: 100 } } } } });

/** Errors that show what an SDK's would. */
const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '90' } });
const down = Object.assign(new Error('down'), { status: 500 });

// #region why
/** What to log of a call that failed. */
function why(error: unknown): string {
  const known = explain(error);
  if (known === undefined) return `not the error of a call: ${String(error)}`;
  const attempts = known.attempts.map(({ outcome, durationMs, waitedMs, failure }) => {
    const what = failure === undefined ? outcome : failure.kind;
    return `\n  waited ${Math.round(waitedMs)} ms, then ${what} after ${Math.round(durationMs)} ms`;
  });
  return `${known.stopRule ?? known.stopReason}: ${known.summary}${attempts.join('')}`;
}
// #endregion

async function log(work: (call: Call) => unknown, key: string, deadlineMs = 30_000): Promise<void> {
  await resilience.execute('chat', work, { key, deadlineMs }).catch((error) => console.log(why(error)));
}

await log(() => Promise.reject(new Error('failed')), 'a');
await log(() => Promise.reject(limited), 'b');
await log(() => 'Hello', 'b');
await log(() => Promise.reject(down), 'c');
await log(({ signal }) => sleep(60_000, undefined, { signal }), 'd', 200);

await resilience.close();
