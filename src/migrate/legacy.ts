import type { Draft } from './draft.js';
import { legacyConfig } from './legacy-config.js';
import { readLegacy, SECOND_MS } from './legacy-reading.js';
import { LEGACY_OPERATIONS } from './legacy-variables.js';
import { Notes } from './notes.js';

/**
 * What the legacy variables come to.
 *
 * @param env the environment; of it only the legacy variables are read.
 * @throws {ConfigurationError} when one of them is no string.
 */
export function fromLegacy(env: object): Draft {
  const legacy = readLegacy(env);
  const notes = new Notes();
  const { numbers, strategies, texts, skipped } = legacy;
  const recovery = numbers.get('CIRCUIT_BREAKER_RECOVERY_TIMEOUT');
  const operations = LEGACY_OPERATIONS.flatMap(([variable, operation]) => {
    const strategy = strategies.get(variable);
    return strategy === undefined ? [] : [[operation, strategy] as const];
  });
  return {
    comparable: {
      attempts: numbers.get('RETRY_MAX_ATTEMPTS'),
      failures: numbers.get('CIRCUIT_BREAKER_FAILURE_THRESHOLD'),
      openMs: recovery === undefined ? undefined : recovery * SECOND_MS,
      strategy: strategies.get('DEFAULT_RESILIENCE_STRATEGY'),
      operations: new Map(operations),
    },
    empty: texts.size === 0,
    configOn: (preset) => legacyConfig(legacy, preset, notes),
    notes,
    warnings: [...skipped].map(([variable, why]) => `${variable} was skipped: ${why}.`),
    replacing: replacing([...texts.keys()]),
    legacy: texts,
  };
}

function replacing(set: readonly string[]): string {
  return set.length === 0
    ? 'There is no legacy variable to remove.'
    : `Remove the legacy variables that are set: ${set.join(', ')}.`;
}
