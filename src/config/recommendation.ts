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

/** Which preset to take, and why. */
export interface PresetRecommendation {
  readonly preset: EnvironmentPreset;
  /** How sure that is, 0 to 1. */
  readonly confidence: number;
  /** Why, in one sentence. */
  readonly reasoning: string;
  readonly environment: Environment;
}

/** The confidence of the preset for an unknown name. */
const UNKNOWN_NAME_CONFIDENCE = 0.4;

/**
 * Recommends a preset.
 *
 * @param given the name of an environment, as people write it (`prod`, `pre-prod-eu`), or what
 *   {@link detectEnvironment} has found. Default: the environment of the running process.
 * @throws {ConfigurationError} when it is neither.
 */
export function recommendPreset(given?: string | DetectedEnvironment): PresetRecommendation {
  if (typeof given === 'string') return forName(given);
  return forDetected(given === undefined ? detectEnvironment(readEnvironment()) : checked(given));
}

function forName(name: string): PresetRecommendation {
  const exact = findExactName(name);
  if (exact !== undefined) return recommended(exact, `the name says ${exact.environment}`);
  const hint = findNamePart(name);
  if (hint !== undefined) return recommended(hint, `the name holds '${hint.part}'`);
  return recommended(
    { environment: 'unknown', confidence: UNKNOWN_NAME_CONFIDENCE },
    'the name is not known, and simple suits every environment',
  );
}

function forDetected({ environment, confidence, reasoning }: DetectedEnvironment): PresetRecommendation {
  return recommended({ environment, confidence }, reasoning);
}

function recommended(
  found: { readonly environment: Environment; readonly confidence: number },
  reasoning: string,
): PresetRecommendation {
  const { environment, confidence } = found;
  return { preset: presetOf(found), confidence, reasoning, environment };
}

function checked(given: DetectedEnvironment): DetectedEnvironment {
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
