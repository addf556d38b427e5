/** What a process can be run for. `unknown` is what a name means that nobody knows. */
export type Environment = 'development' | 'testing' | 'staging' | 'production' | 'unknown';

/** An environment that a piece of evidence can speak for. */
export type KnownEnvironment = Exclude<Environment, 'unknown'>;

/** Every environment, in the order from the workbench to the customers. */
export const ENVIRONMENTS: readonly Environment[] = ['development', 'testing', 'staging', 'production', 'unknown'];

/** One piece of evidence. */
export interface EnvironmentSignal {
  /** Where it was found: the name of a variable or of a file, or `hostname`. */
  readonly source: string;
  /** What was found there. `set` or `present` where it only matters that something is there. */
  readonly value: string;
  /** What it speaks for. */
  readonly environment: KnownEnvironment;
  /** How much it weighs, above 0 to 1. */
  readonly confidence: number;
  /** The same in words. */
  readonly reasoning: string;
}

/** What else was seen on the way. */
export interface EnvironmentMetadata {
  /** What the environment was detected for. */
  readonly feature: EnvironmentFeature;
  /** The prefix of cache keys of AI answers, when detected for `ai_enabled` and ENABLE_AI_CACHE says yes. */
  readonly aiPrefix?: string;
  /** What the process runs on, where a variable tells: `AWS Lambda`, `Kubernetes`, `GitHub Actions`. */
  readonly platform?: string;
  /** Variables that should name an environment, and hold none of the names that are known. */
  readonly unrecognised: readonly string[];
}

/** What a detection is for; it lets a feature's own variables have a say. */
export type EnvironmentFeature =
  | 'default'
  | 'ai_enabled'
  | 'security_enforcement'
  | 'cache_optimization'
  | 'resilience_strategy';

/** What the evidence comes to. */
export interface DetectedEnvironment {
  readonly environment: Environment;
  /** How sure that is, 0 to 1. At most 0.98; 0.5 when there was no evidence at all. */
  readonly confidence: number;
  /** Why, in one sentence. */
  readonly reasoning: string;
  /** The source of the signal that decided, or `fallback` when there was none. */
  readonly detectedBy: string;
  /** Everything that was found, in the order in which it was looked for. */
  readonly signals: readonly EnvironmentSignal[];
  readonly metadata: EnvironmentMetadata;
}
