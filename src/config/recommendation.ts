import {
  type DetectedEnvironment,
  detectEnvironment,
  ENVIRONMENTS,
  type Environment,
  type EnvironmentPreset,
  findExactName,
  findNamePart,
  presetOf,
  readEnvironment,
} from '../environment/index.js';
import { Check, readOnce } from '../input/index.js';

/** The preset that suits an environment, and why. */
export interface PresetRecommendation {
  readonly preset: EnvironmentPreset;
  /** From 0 to 1. */
  readonly confidence: number;
  /** The reason, in one sentence. */
  readonly reasoning: string;
  readonly environment: Environment;
}

/** The confidence of the preset for an unknown name. */
const UNKNOWN_NAME_CONFIDENCE = 0.4;

/**
 * Recommends a preset.
 *
 * @param given the name of an environment, as people write it (`prod`, `pre-prod-eu`), or a result of
 *   {@link detectEnvironment}. Default: the environment of the running process.
 * @throws {ConfigurationError} if it is neither.
 *
 * @example
 * ```ts
 * const { preset, confidence, reasoning } = recommendPreset('pre-prod-eu');
 * ```
 */
export function recommendPreset(given?: string | DetectedEnvironment): PresetRecommendation {
  if (typeof given === 'string') return recommendForName(given);
  return recommendForDetected(given === undefined ? detectEnvironment(readEnvironment()) : parseDetected(given));
}

function recommendForName(name: string): PresetRecommendation {
  const exact = findExactName(name);
  if (exact !== undefined) return buildRecommendation(exact, `the name says ${exact.environment}`);
  const hint = findNamePart(name);
  if (hint !== undefined) return buildRecommendation(hint, `the name contains '${hint.part}'`);
  return buildRecommendation(
    { environment: 'unknown', confidence: UNKNOWN_NAME_CONFIDENCE },
    'the name is unknown, and simple suits every environment',
  );
}

function recommendForDetected({ environment, confidence, reasoning }: DetectedEnvironment): PresetRecommendation {
  return buildRecommendation({ environment, confidence }, reasoning);
}

function buildRecommendation(
  found: { readonly environment: Environment; readonly confidence: number },
  reasoning: string,
): PresetRecommendation {
  const { environment, confidence } = found;
  return { preset: presetOf(found), confidence, reasoning, environment };
}

function parseDetected(given: DetectedEnvironment): DetectedEnvironment {
  const own = readOnce('environment', given);
  const check = new Check();
  const fields = check.record('environment', own);
  if (fields !== undefined) {
    const { environment, confidence, reasoning } = fields;
    check.oneOf('environment.environment', environment ?? null, ENVIRONMENTS);
    check.number('environment.confidence', confidence ?? null, { min: 0, max: 1 });
    if (typeof reasoning !== 'string') check.addIssue('environment.reasoning', 'must be a string', reasoning);
  }
  check.throwIfInvalid();
  return own;
}
