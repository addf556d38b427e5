import { jsonText } from './json-text.mjs';
import { filledIn } from './markdown.mjs';
import { presetTables } from './preset-tables.mjs';
import { referenceTables } from './reference.mjs';

/**
 * What is generated, and from what.
 *
 * @typedef {object} Sources
 * @property {() => object} configJsonSchema
 * @property {() => import('../../src/config/json-schema.js').JsonSchema} annotatedSchema
 * @property {Readonly<Record<string, import('../../src/config/presets/strategies.js').Strategy>>} STRATEGIES
 * @property {Readonly<Record<string, import('../../src/config/presets/presets.js').Preset>>} PRESETS
 * @property {typeof import('../../src/retry/resolve-settings.js').resolveRetrySettings} resolveRetrySettings
 * @property {typeof import('../../src/retry/backoff.js').computeBackoffMs} computeBackoffMs
 */

/**
 * Every file that is generated from the schema and the presets, with the text that it should have.
 *
 * @param {Sources} sources
 * @param {(path: string) => string} read returns the current text of a file, since documents are generated only in part
 * @returns {Readonly<Record<string, string>>} by path from the root
 */
export function generatedFiles({ configJsonSchema, annotatedSchema, STRATEGIES, PRESETS, ...retry }, read) {
  /** @type {import('./preset-tables.mjs').WaitMs} */
  const waitMs = (settings, nth) => {
    const rules = settings.retry ? retry.resolveRetrySettings(settings.retry).kinds.server_error : false;
    if (rules === false) throw new Error('a strategy or preset without retries');
    return retry.computeBackoffMs(rules, nth);
  };
  const { document, operation, parts } = referenceTables(annotatedSchema());
  const reference = 'docs/reference/configuration.md';
  const { purposes, numbers, ...details } = presetTables(STRATEGIES, PRESETS, waitMs);
  const guide = 'docs/guides/presets-and-strategies.md';
  const presets = 'docs/reference/presets.md';
  return {
    'holdfast.schema.json': jsonText(configJsonSchema()),
    [reference]: filledIn(read(reference), { document, operation, parts }),
    [guide]: filledIn(read(guide), { purposes, numbers }),
    [presets]: filledIn(read(presets), details),
  };
}
