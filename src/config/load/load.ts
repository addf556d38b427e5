export { environmentConfig } from './environment-config.js';
export { readConfigFile } from './file.js';
export { type LoadedConfig, loadConfig } from './load-config.js';
export { type ConfigFormat, parseConfig } from './parse.js';
export { type LoadOptions, startConfiguration } from './resolve-layers.js';
export type { Variables } from './variables.js';
