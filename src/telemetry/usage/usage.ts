export type {
  UsageAlert,
  UsageAlertChange,
  UsageAlertLevel,
  UsageAlertRule,
} from './alert.js';
export type { AuditEntry, AuditRecord } from './audit-entry.js';
export type { AuditTrailOptions } from './audit-options.js';
export type { AuditQuery } from './audit-query.js';
export { AuditTrail } from './audit-trail.js';
export type { ConfigEventSource } from './config-event.js';
export type { UsageAbout, UsageDetails, UsageEvent, UsageEventType, UsageSource } from './event.js';
export type { ExportFormat } from './export.js';
export type { LoadPerformance, PresetPerformance } from './load-performance.js';
export type { UsageMonitorOptions, UsageThresholds } from './options.js';
export type { SessionUsage } from './session.js';
export type { UsageStatistics } from './statistics.js';
export type { UsageTrendPoint } from './trend.js';
export { UsageMonitor } from './usage-monitor.js';
export {
  type AuditRecorder,
  type UsageRecorder,
  type UsageWatch,
  type WatchUsageOptions,
  watchUsage,
} from './watch-usage.js';
