export { CACHE_OPTIONS, type CacheOptions, type ResolvedCacheOptions, resolveCacheOptions } from './settings.js';
export { type SharedRun, SharedRuns } from './shared-runs.js';
