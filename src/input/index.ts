export { Check, configurationError, type Fields, functionError } from './check.js';
export { copyOnce, readOnce, readOrRefuse } from './copy-once.js';
export { describe, formatKeyPath } from './describe.js';
export { findCycle } from './find-cycle.js';
export type { Shape } from './hints.js';
export { CACHE_KEY, cacheKey, ENTRIES, isCacheKey, LONGEST_TTL_MS } from './keeping.js';
export { didYouMean, findNearestName } from './nearest.js';
export {
  type AnyPart,
  type AnySetting,
  anyFunction,
  anyRecord,
  anyThat,
  collectDefaults,
  type Declared,
  fillDefaults,
  flag,
  inherit,
  knownName,
  listOf,
  NOTES,
  name,
  numberWithin,
  oneOf,
  orFalse,
  type Part,
  part,
  partByName,
  partOrBoolean,
  partOrFalse,
  type Refuse,
  type Setting,
  type SettingInfo,
  type SettingsOf,
  setting,
  text,
  walkSettings,
} from './settings.js';
export { DEEPEST_TEXT, parseShallowJson } from './shallow-json.js';
export { isArray, isName, isObject, isReadableRecord, isRecord, LONGEST_NAME, type NumberRule } from './values.js';
export { parseDurationMs, parseMs, roundWrittenMs } from './written-duration.js';
