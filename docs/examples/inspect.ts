import { createResilience } from 'holdfast';

const resilience = createResilience();

const report = await resilience.inspect('summary', async (call) => `attempt ${call.attempt} of ${call.operation}`);

if (report.ok) console.log(report.value);
else console.error(report.error);

for (const { number, outcome } of report.attempts) console.log(number, outcome);
console.log(report.stopReason);

await resilience.close();
