export { readConfigFile } from './file.js';
export { type LoadedConfig, type LoadOptions, loadConfig, startConfiguration } from './load-config.js';
export { type ConfigFormat, parseConfig } from './parse.js';
