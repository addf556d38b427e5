import { createResilience } from 'holdfast';
import { getTemplate, suggestTemplate, validateTemplate } from 'holdfast/config';

// #region use
const { config, valid, warnings } = validateTemplate('robust_production', {
  defaults: { deadlineMs: 90_000 },
  operations: { chat: { strategy: 'balanced', retry: { maxAttempts: 9 } } },
});

console.log(valid, getTemplate('robust_production').environments);
for (const { path, message } of warnings) console.log(`${path}: ${message}`);

const resilience = createResilience({ config });
console.log(resilience.config('qa').settings['breaker.trip']);
// #endregion
await resilience.close();

// #region suggest
console.log(suggestTemplate({ maxAttempts: 5, consecutiveFailures: 12, strategy: 'conservative' }));
// #endregion
