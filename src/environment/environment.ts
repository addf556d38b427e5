import { Check } from '../input/index.js';

/** What a process can be run for. `unknown` results only from a name that is not known. */
export type Environment = 'development' | 'testing' | 'staging' | 'production' | 'unknown';

/** An environment that a signal can indicate. */
export type KnownEnvironment = Exclude<Environment, 'unknown'>;

/** Every environment, from the developer's machine to production. */
export const ENVIRONMENTS: readonly Environment[] = ['development', 'testing', 'staging', 'production', 'unknown'];

/** What a detection is for. Some features add signals. */
export type EnvironmentFeature =
  | 'default'
  | 'ai_enabled'
  | 'security_enforcement'
  | 'cache_optimization'
  | 'resilience_strategy';

/** What an environment is detected from. Every part is optional. */
export interface EnvironmentInput {
  /** Environment variables. Only the variables listed in the guide are read. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Names of files in the working directory. Only `.env`, `.git` and `docker-compose.dev.yml` matter. */
  readonly files?: readonly string[] | undefined;
  /** Name of the host. Default: the variable HOSTNAME. */
  readonly hostname?: string | undefined;
  /** What the detection is for. Default `default`. */
  readonly feature?: EnvironmentFeature | undefined;
  /** Signals of your own, which take precedence over the built-in ones of the same weight. At most 100. */
  readonly rules?: readonly EnvironmentRule[] | undefined;
}

/**
 * A signal of your own. Names exactly one of `variable`, `file` and `hostname`.
 *
 * @example
 * ```ts
 * const rules: EnvironmentRule[] = [
 *   { variable: 'STAGE' },
 *   { variable: 'TIER', pattern: /^(?:blue|green)$/, environment: 'production' },
 *   { hostname: /^ip-10-7-/, environment: 'staging' },
 *   { file: 'k8s.dev.yaml', environment: 'development', confidence: 0.7 },
 * ];
 * ```
 */
export interface EnvironmentRule {
  /** A variable that shows the environment: by its value, by a `pattern`, or by being set and not off. */
  readonly variable?: string | undefined;
  /** What the value of the variable must match: a regular expression, or the source of one that ignores case. */
  readonly pattern?: RegExp | string | undefined;
  /** The name of a file in the working directory. */
  readonly file?: string | undefined;
  /** What the name of the host must match: a regular expression, or the source of one that ignores case. */
  readonly hostname?: RegExp | string | undefined;
  /** What a match means. Default, for a variable without a `pattern` alone: what its value names, such as `prod`. */
  readonly environment?: KnownEnvironment | undefined;
  /** The weight of the signal, above 0 and up to 1. Default 0.9, more than `NODE_ENV` and less than `ENVIRONMENT`. */
  readonly confidence?: number | undefined;
}

/** One piece of evidence. */
export interface EnvironmentSignal {
  /** Where it was found: the name of a variable or a file, or `hostname`. */
  readonly source: string;
  /** What was found there. `set` or `present` if only the existence matters. */
  readonly value: string;
  /** The environment that it indicates. */
  readonly environment: KnownEnvironment;
  /** Its weight, above 0 and up to 1. */
  readonly confidence: number;
  /** The same in words. */
  readonly reasoning: string;
}

/** What a detection found besides the environment. */
export interface EnvironmentMetadata {
  /** What the detection was for. */
  readonly feature: EnvironmentFeature;
  /** Prefix for cache keys of AI answers. Set for the feature `ai_enabled` if ENABLE_AI_CACHE is on. */
  readonly aiPrefix?: string;
  /** The platform that the process runs on, if a variable shows it: `AWS Lambda`, `Kubernetes`, `GitHub Actions`. */
  readonly platform?: string;
  /** Variables that should name an environment but hold none of the known names. */
  readonly unrecognised: readonly string[];
}

/** The result of a detection. */
export interface DetectedEnvironment {
  readonly environment: Environment;
  /** From 0 to 1: at most 0.98, and 0.5 if there were no signals. */
  readonly confidence: number;
  /** Why, in one sentence. */
  readonly reasoning: string;
  /** The source of the signal that decided, or `fallback` if there was none. */
  readonly detectedBy: string;
  /** Every signal, in the order of the guide. */
  readonly signals: readonly EnvironmentSignal[];
  readonly metadata: EnvironmentMetadata;
}

/** A preset that can follow from an environment. */
export type EnvironmentPreset = 'simple' | 'development' | 'production';

const PRESETS: Readonly<Record<Environment, EnvironmentPreset>> = {
  development: 'development',
  testing: 'development',
  staging: 'production',
  production: 'production',
  unknown: 'simple',
};

/** Up to this confidence, `development` is only a guess. */
const GUESS = 0.5;
/** Above this confidence, `production` is certain enough. */
const SURE_OF_PRODUCTION = 0.6;

type EnvironmentGuess = Pick<DetectedEnvironment, 'environment' | 'confidence'>;

/**
 * Returns the preset for an environment: `simple` if little or nothing is known.
 *
 * @example
 * ```ts
 * const preset = presetOf(detectEnvironment(readEnvironment()));
 * ```
 *
 * @throws {ConfigurationError} if the environment is unknown to the library, or the confidence is not from 0 to 1.
 */
export function presetOf(detected: EnvironmentGuess): EnvironmentPreset {
  const { environment, confidence } = parseGuess(detected);
  return environment === 'development' && confidence <= GUESS ? 'simple' : PRESETS[environment];
}

/**
 * Returns whether the environment is production with a confidence above 0.6.
 *
 * @example
 * ```ts
 * const isLive = isProduction(detectEnvironment(readEnvironment()));
 * ```
 *
 * @throws {ConfigurationError} if the environment is unknown to the library, or the confidence is not from 0 to 1.
 */
export function isProduction(detected: EnvironmentGuess): boolean {
  const { environment, confidence } = parseGuess(detected);
  return environment === 'production' && confidence > SURE_OF_PRODUCTION;
}

function parseGuess(detected: EnvironmentGuess): EnvironmentGuess {
  const check = new Check();
  const fields = check.record('detected', detected);
  if (fields !== undefined) {
    const { environment, confidence } = fields;
    check.oneOf('detected.environment', environment ?? null, ENVIRONMENTS);
    check.number('detected.confidence', confidence ?? null, { min: 0, max: 1 });
  }
  check.throwIfInvalid();
  return detected;
}
