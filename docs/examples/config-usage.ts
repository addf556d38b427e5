import { UsageMonitor } from 'holdfast/telemetry';

const monitor = new UsageMonitor({
  onAlert: ({ type, alert }) => console.log(type, alert.level, alert.description),
});

monitor.recordUsage('production');
monitor.recordLoad('production', 120);

// Takes the time, and records a failure as well.
const config = await monitor.track('reload', 'production', () => ({ preset: 'production' }));
console.log(config.preset);

const { totalLoads, errorRate, presetUsageCount } = monitor.usageStatistics();
console.log({ totalLoads, errorRate, presetUsageCount });
