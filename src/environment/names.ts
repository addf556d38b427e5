import type { KnownEnvironment } from './detected.js';

/** What a name means when it is given as the name of an environment. */
export interface NameMeaning {
  readonly environment: KnownEnvironment;
  /** How sure that is, 0 to 1. */
  readonly confidence: number;
}

/** The names that say it outright. */
export const EXACT_NAMES: ReadonlyMap<string, NameMeaning> = new Map([
  ['development', { environment: 'development', confidence: 0.95 }],
  ['dev', { environment: 'development', confidence: 0.9 }],
  ['testing', { environment: 'testing', confidence: 0.85 }],
  ['test', { environment: 'testing', confidence: 0.85 }],
  ['staging', { environment: 'staging', confidence: 0.9 }],
  ['stage', { environment: 'staging', confidence: 0.85 }],
  ['production', { environment: 'production', confidence: 0.95 }],
  ['prod', { environment: 'production', confidence: 0.9 }],
  ['live', { environment: 'production', confidence: 0.85 }],
]);

/** A meaning that parts of a name hint at. */
export interface NamePattern extends NameMeaning {
  readonly anyOf: readonly string[];
}

/** Parts of names, in the order in which they are looked for: `preprod` holds `prod` and is none. */
const NAME_PATTERNS: readonly NamePattern[] = [
  { environment: 'staging', confidence: 0.7, anyOf: ['stag', 'pre-prod', 'preprod', 'uat', 'integration'] },
  { environment: 'development', confidence: 0.75, anyOf: ['dev', 'local', 'test', 'sandbox', 'demo'] },
  {
    environment: 'production',
    confidence: 0.75,
    anyOf: ['prod', 'live', 'release', 'stable', 'main', 'master'],
  },
];

/** The environment that a name says outright, case and surrounding space aside. */
export function exactMeaningOf(name: string): NameMeaning | undefined {
  return EXACT_NAMES.get(plain(name));
}

/** The first pattern that a name holds, with the part that was found. */
export function patternIn(name: string): { readonly pattern: NamePattern; readonly part: string } | undefined {
  const text = plain(name);
  for (const pattern of NAME_PATTERNS) {
    const part = pattern.anyOf.find((each) => text.includes(each));
    if (part !== undefined) return { pattern, part };
  }
  return undefined;
}

function plain(name: string): string {
  return name.trim().toLowerCase();
}
