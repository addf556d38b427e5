import { createResilience } from 'holdfast';

const resilience = createResilience();

resilience.on('retry.refused', ({ stopRule, stopReason }) => console.log(stopRule, '>', stopReason));

// #region deadline
const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '90' } });

const report = await resilience.inspect('chat', () => Promise.reject(limited), { deadlineMs: 30_000 });

// Not a second was spent on a wait that could not end in time.
console.log(report.stopReason, report.attempts.length, report.waitedMs);
// #endregion

await resilience.close();
