import { validateConfig } from 'holdfast/config';

// #region warnings
const { valid, warnings, suggestions } = validateConfig({
  preset: 'production',
  defaults: { deadlineMs: 20_000, retry: { maxAttempts: 12 } },
  operations: { chat: { breaker: { openMs: 60 } }, summarise: { strategy: 'critical' } },
});

console.log(valid);
for (const { path, message, suggestion } of warnings) console.log(`${path}\n  ${message}\n  ${suggestion}`);
// #endregion
console.assert(suggestions.length >= warnings.length);

// #region errors
const { errors } = validateConfig({
  preset: 'prodution',
  defaults: { maxRetries: 2, retry: { maxAttempts: '3', minDelayMs: 4_000, maxDelayMs: -1 } },
});

for (const { path, message, received, suggestion } of errors) {
  console.log(`${path}: ${message}; received ${received}. ${suggestion}`);
}
// #endregion
