export { type Configurable, type WatchedChange, type WatchedConfig, type WatchOptions, watchConfig } from './watch.js';
