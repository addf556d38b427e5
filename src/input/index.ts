export { Check, configurationError, type Fields, type NumberRule } from './check.js';
export { describe, pathOfKey } from './describe.js';
export { isArray } from './is-list.js';
export { isName } from './is-name.js';
export { isObject } from './is-object.js';
export { isReadableRecord, isRecord } from './is-record.js';
export { didYouMean, nearest } from './nearest.js';
export { escapeControlCharacters } from './printable.js';
export { readOnce, readOrRefuse } from './read-once.js';
