/** The kinds of work that are measured. */
export type WorkKind = 'config_loading' | 'preset_access' | 'validation' | 'service_init';

/** The longest that each kind of work may take on average, in milliseconds. */
export const THRESHOLDS_MS: Readonly<Record<WorkKind, number>> = {
  config_loading: 100,
  preset_access: 10,
  validation: 50,
  service_init: 200,
};

/** The most that the heap may grow during a benchmark, in megabytes (2 ** 20 bytes). */
export const MEMORY_LIMIT_MB = 50;

/** The least share of iterations that must come to their end. */
export const LEAST_SUCCESS_RATE = 0.95;

/** The share of benchmarks that have to pass for the whole to be on target. */
export const TARGET_PASS_RATE = 0.8;
