export { environmentConfig } from './environment-config.js';
export { readConfigFile } from './file.js';
export { type LoadedConfig, type LoadOptions, loadConfig } from './load-config.js';
export { type ConfigFormat, parseConfig } from './parse.js';
export { startConfiguration } from './start.js';
export type { Variables } from './variables.js';
