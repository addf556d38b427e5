import { createResilience } from 'holdfast';

const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 10, maxDelayMs: 20 } } } });

// #region execute
/** Errors as Node gives them: the connection was refused, or broke after the request had been sent. */
const failed = (code: string) => Promise.reject(Object.assign(new Error(code), { code }));

for (const code of ['ECONNREFUSED', 'ECONNRESET']) {
  const report = await resilience.inspect('send-mail', () => failed(code), { idempotent: false });
  console.log(code, report.attempts.length, report.stopReason);
}
// #endregion

await resilience.close();
