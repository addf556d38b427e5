import { deepFreeze } from '../runtime/index.js';
import { aiPrefixOf, FEATURES, signalsByFeature } from './by-feature.js';
import { signalsByHostname } from './by-hostname.js';
import { signalsByIndicator } from './by-indicator.js';
import { signalsByName, unrecognisedNames } from './by-name.js';
import { sightPlatform } from './by-platform.js';
import type { DetectedEnvironment, EnvironmentMetadata } from './detected.js';
import { type Facts, factsOf } from './facts.js';
import type { EnvironmentInput } from './input.js';
import { resolve } from './resolve.js';
import { VARIABLES } from './variables.js';

export type {
  DetectedEnvironment,
  Environment,
  EnvironmentFeature,
  EnvironmentMetadata,
  EnvironmentSignal,
} from './detected.js';
export { ENVIRONMENTS } from './detected.js';
export type { EnvironmentInput } from './input.js';
export { exactMeaningOf, patternIn } from './names.js';
export { type EnvironmentPreset, isProduction, presetOf } from './preset-of.js';
export { readEnvironment } from './reader.js';

/**
 * Tells what environment a process runs in, by the evidence it is given and nothing else: the same input always has the
 * same result.
 *
 * @throws {ConfigurationError} when the input is of the wrong shape.
 */
export function detectEnvironment(input: EnvironmentInput): DetectedEnvironment {
  const facts = factsOf(input, VARIABLES, FEATURES);
  const sighting = sightPlatform(facts);
  const signals = [
    ...signalsByName(facts),
    ...signalsByIndicator(facts),
    ...signalsByHostname(facts),
    ...signalsByFeature(facts),
    ...(sighting === undefined ? [] : [sighting.signal]),
  ];
  return deepFreeze({ ...resolve(signals), signals, metadata: metadataOf(facts, sighting?.platform) });
}

function metadataOf(facts: Facts, platform: string | undefined): EnvironmentMetadata {
  const aiPrefix = aiPrefixOf(facts);
  return {
    feature: facts.feature,
    ...(aiPrefix === undefined ? {} : { aiPrefix }),
    ...(platform === undefined ? {} : { platform }),
    unrecognised: unrecognisedNames(facts),
  };
}
