/**
 * The audit trail of the configuration, and statistics and alerts of its use.
 *
 * @packageDocumentation
 */
export {
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/index.js';
export type { AlertLevel } from '../telemetry/alerts.js';
export {
  type Audit,
  type AuditEntry,
  type AuditOptions,
  type AuditQuery,
  type AuditRecord,
  type AuditSource,
  createAudit,
} from '../telemetry/audit.js';
export {
  type ConfigEventSource,
  type UsageRecorder,
  type UsageWatch,
  type WatchUsageOptions,
  watchUsage,
} from '../telemetry/config-events.js';
export { UsageMonitor, type UsageMonitorOptions } from '../telemetry/config-usage.js';
export type { ExportFormat } from '../telemetry/text.js';
export type { UsageAlert, UsageAlertChange, UsageAlertRule, UsageThresholds } from '../telemetry/usage-alerts.js';
export type {
  UsageDetails,
  UsageEvent,
  UsageEventType,
  UsageRecordOptions,
  UsageSource,
} from '../telemetry/usage-events.js';
export type {
  LoadPerformance,
  PresetPerformance,
  SessionUsage,
  UsageStatistics,
  UsageTrendPoint,
} from '../telemetry/usage-statistics.js';
