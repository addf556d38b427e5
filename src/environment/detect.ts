import { existsSync } from 'node:fs';
import { hostname as readHostname } from 'node:os';
import { join } from 'node:path';
import { Check, isArray, isObject, readOnce, readOrRefuse } from '../input/index.js';
import { deepFreeze } from '../runtime/index.js';
import type {
  DetectedEnvironment,
  EnvironmentFeature,
  EnvironmentInput,
  EnvironmentRule,
  EnvironmentSignal,
} from './environment.js';
import { compileRules } from './rules.js';
import { type Facts, FILES, findExactName, isOn, NAMING_VARIABLES, PLATFORMS, SIGNALS, VARIABLES } from './signals.js';

const FIELDS = ['env', 'files', 'hostname', 'feature', 'rules'];

const FEATURES: readonly EnvironmentFeature[] = [
  'default',
  'ai_enabled',
  'security_enforcement',
  'cache_optimization',
  'resilience_strategy',
];

/** What each further signal for the same environment adds. */
const AGREEMENT_BONUS = 0.05;
/** The most that agreeing signals add up to. */
const HIGHEST_CONFIDENCE = 0.98;
/** Applied once if a signal above {@link STRONG_ABOVE} speaks for another environment. */
const CONFLICT_FACTOR = 0.85;
const STRONG_ABOVE = 0.7;

/** What the signals amount to. */
type Verdict = Pick<DetectedEnvironment, 'environment' | 'confidence' | 'reasoning' | 'detectedBy'>;

const FALLBACK: Verdict = {
  environment: 'development',
  confidence: 0.5,
  reasoning: 'no signal was found',
  detectedBy: 'fallback',
};

/**
 * Detects the environment from the given input and nothing else: the same input always gives the same result.
 *
 * @example
 * ```ts
 * const { environment, confidence, reasoning } = detectEnvironment({ env: { NODE_ENV: 'production' }, files: ['.git'] });
 * ```
 *
 * @throws {ConfigurationError} if the input has the wrong shape, or one of its rules is not valid.
 */
export function detectEnvironment(input: EnvironmentInput): DetectedEnvironment {
  const own = parseInput(input);
  const rules = compileRules(own.rules);
  const facts = parseFacts(own, rules.variables);
  const signals = [...rules.signals, ...SIGNALS].flatMap((rule) => rule.match(facts) ?? []);
  const [platform] = PLATFORMS.flatMap((rule) => {
    const signal = rule.match(facts);
    return signal === undefined ? [] : [{ name: rule.platform, signal }];
  });
  if (platform !== undefined) signals.push(platform.signal);
  const { feature, variables } = facts;
  const isAiCached = feature === 'ai_enabled' && isOn(variables.get('ENABLE_AI_CACHE'));
  return deepFreeze({
    ...weighSignals(signals),
    signals,
    metadata: {
      feature,
      ...(isAiCached ? { aiPrefix: 'ai-' } : {}),
      ...(platform === undefined ? {} : { platform: platform.name }),
      unrecognised: NAMING_VARIABLES.filter((name) => {
        const value = variables.get(name);
        return value !== undefined && findExactName(value) === undefined;
      }),
    },
  });
}

/** The heaviest signal decides; if several are equal, the first. The others raise or lower the confidence. */
export function weighSignals(signals: readonly EnvironmentSignal[]): Verdict {
  const [best] = signals.toSorted((one, other) => other.confidence - one.confidence);
  if (best === undefined) return FALLBACK;
  const { environment, source } = best;
  const conflicting = signals.filter((each) => each.environment !== environment);
  const confirming = signals.length - conflicting.length - 1;
  const agreed = Math.min(HIGHEST_CONFIDENCE, best.confidence + AGREEMENT_BONUS * confirming);
  const isDoubted = conflicting.some(({ confidence }) => confidence > STRONG_ABOVE);
  return {
    environment,
    // Weights and the factor have two decimals each, so four are exact; the rest is binary rounding.
    confidence: Math.round(agreed * (isDoubted ? CONFLICT_FACTOR : 1) * 10_000) / 10_000,
    reasoning: [
      best.reasoning,
      ...countSignals(confirming, 'confirming'),
      ...countSignals(conflicting.length, 'conflicting'),
    ].join(', '),
    detectedBy: source,
  };
}

/**
 * Reads the input of {@link detectEnvironment} from the running process: the variables listed in the guide and no
 * others, so that no secret is copied; three files; the host name. Nothing is cached.
 *
 * @param directory where to look for the files. Default: the working directory.
 * @param rules signals of your own, whose variables and files are read as well.
 * @throws {ConfigurationError} if a rule is not valid.
 *
 * @example
 * ```ts
 * const detected = detectEnvironment(readEnvironment());
 * ```
 */
export function readEnvironment(directory = '.', rules?: readonly EnvironmentRule[]): EnvironmentInput {
  const own = compileRules(rules);
  const env = Object.fromEntries(
    [...VARIABLES, ...own.variables].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const files = [...FILES, ...own.files].filter((file) => existsSync(join(directory, file)));
  try {
    return { env, files, hostname: readHostname(), ...(rules === undefined ? {} : { rules }) };
  } catch {
    // Some systems refuse to give the host name, which must not prevent the start.
    return { env, files, hostname: undefined, ...(rules === undefined ? {} : { rules }) };
  }
}

function parseFacts(
  { env = {}, files, hostname, feature = 'default' }: EnvironmentInput,
  ownVariables: readonly string[],
): Facts {
  const variables = parseVariables(env, [...VARIABLES, ...ownVariables]);
  const host = hostname?.trim() ?? '';
  return { variables, files: new Set(files), hostname: host === '' ? variables.get('HOSTNAME') : host, feature };
}

function parseInput(input: EnvironmentInput): EnvironmentInput {
  const own = readOnce('environment', input, ({ files, ...rest }) => ({
    ...rest,
    files: isArray(files) ? readOrRefuse('environment.files', files, () => Array.from<string>(files)) : files,
  }));
  const check = new Check();
  const { env, files, hostname, feature } = check.fields('environment', own, FIELDS) ?? {};
  if (env !== undefined && !isObject(env)) check.addIssue('environment.env', 'must be an object of strings', env);
  if (files !== undefined && !(isArray(files) && files.every((each) => typeof each === 'string'))) {
    check.addIssue('environment.files', 'must be an array of strings', files);
  }
  if (hostname !== undefined && typeof hostname !== 'string') {
    check.addIssue('environment.hostname', 'must be a string', hostname);
  }
  check.oneOf('environment.feature', feature, FEATURES);
  check.throwIfInvalid();
  return own;
}

/** `process.env` is not a plain object, so any object is accepted. Variables that are not read may hold anything. */
function parseVariables(env: Readonly<Record<string, unknown>>, names: readonly string[]): ReadonlyMap<string, string> {
  const check = new Check();
  const variables = new Map<string, string>();
  for (const name of names) {
    const value = readOrRefuse(`environment.env.${name}`, env, () => env[name]);
    if (typeof value === 'string') {
      const text = value.trim();
      if (text !== '') variables.set(name, text);
    } else if (value !== undefined) {
      check.addIssue(`environment.env.${name}`, 'must be a string', value);
    }
  }
  check.throwIfInvalid();
  return variables;
}

function countSignals(count: number, kind: string): string[] {
  return count === 0 ? [] : [`${count} ${kind} signal${count === 1 ? '' : 's'}`];
}
