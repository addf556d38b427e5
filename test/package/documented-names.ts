import type {
  Call,
  EventType,
  ExecuteOptions,
  Failure,
  FailureKind,
  GroupOptions,
  GroupReport,
  Health,
  Resilience,
  ResilienceOptions,
  Stats,
  StopRule,
  Target,
  Task,
  TaskReport,
} from 'holdfast';

/**
 * What the tables of the guides list. Complete by their types: a new name does not compile before it stands here, and then
 * needs its row.
 */
type Names<T extends string> = Readonly<Record<T, true>>;

const options: Names<keyof ResilienceOptions> = {
  preset: true,
  config: true,
  environment: true,
  presets: true,
  targets: true,
  strategies: true,
  classify: true,
  fallbacks: true,
  random: true,
  context: true,
  usage: true,
  unknownOperations: true,
  asyncContext: true,
};

const methods: Names<keyof Resilience> = {
  execute: true,
  inspect: true,
  stream: true,
  wrap: true,
  group: true,
  operation: true,
  breaker: true,
  stats: true,
  resetStats: true,
  snapshot: true,
  health: true,
  config: true,
  configure: true,
  on: true,
  close: true,
};

const callOptions: Names<keyof ExecuteOptions> = {
  key: true,
  signal: true,
  deadlineMs: true,
  idempotent: true,
  replayable: true,
  parent: true,
  settings: true,
  strategy: true,
  priority: true,
  targets: true,
  order: true,
  whenNoneAvailable: true,
  targetWaitMs: true,
  sticky: true,
  estimate: true,
  fallback: true,
  cache: true,
  context: true,
};

const call: Names<keyof Call> = {
  id: true,
  operation: true,
  key: true,
  target: true,
  attempt: true,
  signal: true,
  context: true,
  remainingMs: true,
  noRetry: true,
  settleUsage: true,
};

const target: Names<keyof Target> = {
  name: true,
  key: true,
  keys: true,
  weight: true,
  settings: true,
  on: true,
  accepts: true,
  prepare: true,
};

const task: Names<keyof Task> = {
  run: true,
  after: true,
  operation: true,
  options: true,
};

const groupOptions: Names<keyof GroupOptions> = {
  concurrency: true,
  deadlineMs: true,
  signal: true,
  parent: true,
  context: true,
  operation: true,
};

const groupReport: Names<keyof GroupReport> = {
  ok: true,
  results: true,
  errors: true,
  tasks: true,
  totalMs: true,
};

const taskStatuses: Names<TaskReport['status']> = {
  done: true,
  failed: true,
  timed_out: true,
  cancelled: true,
};

const health: Names<keyof Health> = {
  healthy: true,
  status: true,
  openBreakers: true,
  halfOpenBreakers: true,
  holds: true,
  spentBudgets: true,
  operations: true,
  breakers: true,
  at: true,
};

const stats: Names<keyof Stats> = {
  calls: true,
  successes: true,
  failures: true,
  successRate: true,
  failureRate: true,
  attempts: true,
  retries: true,
  hedges: true,
  failuresByKind: true,
  fallbacks: true,
  cacheHits: true,
  rejections: true,
  breaker: true,
  latencyMs: true,
  lastSuccessAt: true,
  lastFailureAt: true,
};

const events: Names<EventType> = {
  'call.started': true,
  'call.succeeded': true,
  'call.failed': true,
  'attempt.failed': true,
  'attempt.abandoned': true,
  'retry.scheduled': true,
  'retry.refused': true,
  'retry.doubled': true,
  'hedge.sent': true,
  'hedge.ended': true,
  'stream.stalled': true,
  'stream.truncated': true,
  'quota.held': true,
  'quota.released': true,
  'capacity.rejected': true,
  'target.moved': true,
  'fallback.used': true,
  'fallback.failed': true,
  'cache.hit': true,
  'breaker.opened': true,
  'breaker.half_opened': true,
  'breaker.closed': true,
  'breaker.rejected': true,
  'config.changed': true,
  'config.refused': true,
  'config.overruled': true,
  'hook.failed': true,
};

const failureKinds: Names<FailureKind> = {
  cancelled: true,
  timeout: true,
  quota_exhausted: true,
  context_length: true,
  content_policy: true,
  overloaded: true,
  rate_limited: true,
  auth: true,
  not_found: true,
  invalid_request: true,
  network: true,
  server_error: true,
  unknown: true,
};

const failure: Names<keyof Failure> = {
  kind: true,
  retry: true,
  breaker: true,
  failover: true,
  retryAfterMs: true,
  hintSource: true,
  hintIsUpperBound: true,
  status: true,
  code: true,
  provider: true,
  requestId: true,
  unexecuted: true,
  retryForbidden: true,
};

const stopRules: Names<StopRule> = {
  never_retried: true,
  not_replayable: true,
  not_idempotent: true,
  max_attempts: true,
  max_elapsed: true,
  hint_beyond_deadline: true,
  wait_beyond_deadline: true,
  attempt_beyond_deadline: true,
  breaker_open: true,
  quota_held: true,
  budget: true,
  other_target: true,
  refused: true,
};

/** The names of all stop rules. */
export const STOP_RULES: readonly string[] = Object.keys(stopRules);

/** A page, the heading of its table, and the names that the table has a row for. */
export const DOCUMENTED: readonly (readonly [page: string, heading: string, names: readonly string[]])[] = [
  ['docs/guides/calls.md', 'Options of an instance', Object.keys(options)],
  ['docs/guides/calls.md', 'Methods', Object.keys(methods)],
  ['docs/guides/calls.md', 'Options of a call', Object.keys(callOptions)],
  ['docs/guides/calls.md', 'The call', Object.keys(call)],
  ['docs/guides/targets.md', 'Targets', Object.keys(target)],
  ['docs/guides/groups.md', 'Tasks', Object.keys(task)],
  ['docs/guides/groups.md', 'Options of a group', Object.keys(groupOptions)],
  ['docs/guides/groups.md', 'What it reports', Object.keys(groupReport)],
  ['docs/guides/groups.md', 'Statuses', Object.keys(taskStatuses)],
  ['docs/guides/health.md', 'What `health()` says', Object.keys(health)],
  ['docs/guides/health.md', 'Numbers', Object.keys(stats)],
  ['docs/guides/events.md', 'Events', Object.keys(events)],
  ['docs/guides/failures.md', 'Kinds', Object.keys(failureKinds)],
  ['docs/reference/failures.md', 'Kinds', Object.keys(failureKinds)],
  ['docs/reference/failures.md', 'Fields', Object.keys(failure)],
  ['docs/reference/retry.md', 'Stop rules', STOP_RULES],
  ['docs/guides/logging.md', 'Which events to log', Object.keys(events)],
];
