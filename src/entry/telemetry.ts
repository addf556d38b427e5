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
export {
  type AuditEntry,
  type AuditQuery,
  type AuditRecord,
  type AuditRecorder,
  AuditTrail,
  type AuditTrailOptions,
  type ConfigEventSource,
  type ExportFormat,
  type LoadPerformance,
  type PresetPerformance,
  type SessionUsage,
  type UsageAbout,
  type UsageAlert,
  type UsageAlertChange,
  type UsageAlertLevel,
  type UsageAlertRule,
  type UsageDetails,
  type UsageEvent,
  type UsageEventType,
  UsageMonitor,
  type UsageMonitorOptions,
  type UsageRecorder,
  type UsageSource,
  type UsageStatistics,
  type UsageThresholds,
  type UsageTrendPoint,
  type UsageWatch,
  type WatchUsageOptions,
  watchUsage,
} from '../telemetry/usage/usage.js';
