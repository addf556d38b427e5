import { types } from 'node:util';
import { Check, isArray, readOnce, readOrRefuse } from '../input/index.js';
import { ENVIRONMENTS, type EnvironmentRule, type EnvironmentSignal } from './environment.js';
import { type Facts, findExactName, isOff, type SignalRule } from './signals.js';

/** The user's rules, ready to be matched. */
export interface CompiledRules {
  readonly signals: readonly SignalRule[];
  /** The variables that they read. */
  readonly variables: readonly string[];
  /** The files that they look for. */
  readonly files: readonly string[];
}

const FIELDS = ['variable', 'pattern', 'file', 'hostname', 'environment', 'confidence'] as const;
const SOURCES = ['variable', 'file', 'hostname'] as const;
const KNOWN = ENVIRONMENTS.filter((environment) => environment !== 'unknown');
const MAX_RULES = 100;
const DEFAULT_CONFIDENCE = 0.9;
const NONE: CompiledRules = { signals: [], variables: [], files: [] };

/**
 * Checks and compiles the user's rules.
 *
 * @throws {ConfigurationError} listing everything that is wrong with them.
 */
export function compileRules(rules: readonly EnvironmentRule[] | undefined): CompiledRules {
  if (rules === undefined) return NONE;
  const check = new Check();
  const own = readRules(check, rules);
  const compiled = own.map((rule, index) => compileRule(check, `environment.rules[${index}]`, rule));
  check.throwIfInvalid();
  return {
    signals: compiled.flatMap((signal) => signal ?? []),
    variables: own.flatMap(({ variable }) => variable ?? []),
    files: own.flatMap(({ file }) => file ?? []),
  };
}

function readRules(check: Check, rules: readonly EnvironmentRule[]): readonly EnvironmentRule[] {
  if (!isArray(rules)) check.addIssue('environment.rules', 'must be an array of rules', rules);
  else if (rules.length > MAX_RULES)
    check.addIssue('environment.rules', `must have at most ${MAX_RULES}`, rules.length);
  check.throwIfInvalid();
  const copy = readOrRefuse('environment.rules', rules, () => Array.from(rules));
  return copy.map((rule, index) => readOnce(`environment.rules[${index}]`, rule));
}

function compileRule(check: Check, path: string, rule: EnvironmentRule): SignalRule | undefined {
  if (check.fields(path, rule, FIELDS) === undefined) return undefined;
  checkSource(check, path, rule);
  const { variable, pattern, file, environment, confidence = DEFAULT_CONFIDENCE } = rule;
  check.oneOf(`${path}.environment`, environment, KNOWN);
  check.number(`${path}.confidence`, confidence, { above: 0, max: 1 });
  const value = compilePattern(check, `${path}.pattern`, pattern);
  const hostname = compilePattern(check, `${path}.hostname`, rule.hostname);
  if (environment === undefined) {
    if (variable !== undefined && pattern === undefined) return namingRule(variable, confidence);
    check.addIssue(`${path}.environment`, `must be one of ${KNOWN.join(', ')}`, environment);
    return undefined;
  }
  return {
    match: (facts) => {
      const found =
        file !== undefined
          ? findFile(facts, file)
          : variable !== undefined
            ? findValue(variable, facts.variables.get(variable), value)
            : findValue('hostname', facts.hostname, hostname);
      return found === undefined ? undefined : { ...found, environment, confidence };
    },
  };
}

function checkSource(check: Check, path: string, rule: EnvironmentRule): void {
  const { variable, file, pattern } = rule;
  const given = SOURCES.filter((name) => rule[name] !== undefined);
  if (given.length !== 1) {
    check.addIssue(
      path,
      `must have exactly one of ${SOURCES.join(', ')}`,
      given.length === 0 ? rule : given.join(', '),
    );
  }
  if (variable !== undefined) check.name(`${path}.variable`, variable);
  if (file !== undefined) check.name(`${path}.file`, file);
  if (pattern !== undefined && variable === undefined) {
    check.addIssue(`${path}.pattern`, 'must be given with a variable', pattern);
  }
}

type Found = Pick<EnvironmentSignal, 'source' | 'value' | 'reasoning'>;

function findFile({ files }: Facts, file: string): Found | undefined {
  return files.has(file) ? { source: file, value: 'present', reasoning: `${file} exists` } : undefined;
}

function findValue(source: string, value: string | undefined, pattern: RegExp | undefined): Found | undefined {
  if (value === undefined) return undefined;
  if (pattern === undefined) return isOff(value) ? undefined : { source, value: 'set', reasoning: `${source} is set` };
  if (value.search(pattern) === -1) return undefined;
  return { source, value, reasoning: `${source} '${value}' matches ${String(pattern)}` };
}

/** A variable whose value names the environment. */
function namingRule(source: string, confidence: number): SignalRule {
  return {
    match: ({ variables }) => {
      const value = variables.get(source);
      const environment = value === undefined ? undefined : findExactName(value)?.environment;
      if (value === undefined || environment === undefined) return undefined;
      return { source, value, environment, confidence, reasoning: `${source} is '${value}'` };
    },
  };
}

function compilePattern(check: Check, path: string, pattern: unknown): RegExp | undefined {
  if (pattern === undefined) return undefined;
  // Of any realm. Each search starts at the beginning, so flags such as `g` do no harm.
  if (types.isRegExp(pattern)) return pattern;
  if (typeof pattern !== 'string' || pattern === '') {
    check.addIssue(path, 'must be a regular expression, or the source of one', pattern);
    return undefined;
  }
  try {
    return new RegExp(pattern, 'i');
  } catch {
    check.addIssue(path, 'must be a valid regular expression', pattern);
    return undefined;
  }
}
