import { ConfigurationError, createResilience } from 'holdfast';
import { AuditTrail, UsageMonitor, watchUsage } from 'holdfast/telemetry';

const resilience = createResilience({ preset: 'simple' });
const audit = new AuditTrail();
const monitor = new UsageMonitor();
const watch = watchUsage(resilience, { audit, monitor });

const by = { actor: 'alice', reason: 'the provider is slow today' };
resilience.configure({ operations: { chat: { deadlineMs: 90_000 } } }, by);
try {
  resilience.configure({ operations: { chat: { deadlineMs: -1 } } }, { actor: 'bob' });
} catch (error) {
  if (!ConfigurationError.is(error)) throw error;
}

for (const { actor, action, layer, path, from, to, reason } of audit.query()) {
  console.log({ actor, action, layer, path, from, to, reason });
}

const { changesPerHour, validations, validationFailureRate } = monitor.usageStatistics(3_600_000);
console.log({ changesPerHour, validations, validationFailureRate });

watch.close();
await resilience.close();
