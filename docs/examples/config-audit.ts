import { ConfigurationError, createResilience } from 'holdfast';
import { createAudit, UsageMonitor, watchUsage } from 'holdfast/telemetry';

const resilience = createResilience({ preset: 'simple' });
const audit = createAudit(resilience);
const monitor = new UsageMonitor();
const watch = watchUsage(resilience, { monitor });

const by = { actor: 'alice', reason: 'the provider is slow today' };
resilience.configure({ operations: { chat: { deadlineMs: 90_000 } } }, by);
try {
  resilience.configure({ operations: { chat: { deadlineMs: -1 } } }, { actor: 'bob' });
} catch (error) {
  if (!ConfigurationError.is(error)) throw error;
}

for (const { number, actor, action, layer, path, from, to, reason, issues } of audit.entries({ limit: 2 })) {
  console.log({ number, actor, action, layer, path, from, to, reason, issues });
}

const { changesPerHour, validations, validationFailureRate } = monitor.usageStatistics(3_600_000);
console.log({ changesPerHour, validations, validationFailureRate });

audit.close();
watch.close();
await resilience.close();
