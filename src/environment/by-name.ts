import type { EnvironmentSignal } from './detected.js';
import type { Facts } from './facts.js';
import { exactMeaningOf } from './names.js';

/** Variables in which people name the environment, in the order in which they are believed, with their weights. */
export const NAMING_VARIABLES: ReadonlyMap<string, number> = new Map([
  ['ENVIRONMENT', 0.95],
  ['NODE_ENV', 0.85],
  ['FLASK_ENV', 0.85],
  ['APP_ENV', 0.85],
  ['ENV', 0.85],
  ['DEPLOYMENT_ENV', 0.85],
  ['DJANGO_SETTINGS_MODULE', 0.85],
  ['RAILS_ENV', 0.85],
]);

/** A signal for every variable that names a known environment. The weight is the variable's, not the name's. */
export function signalsByName({ variables }: Facts): EnvironmentSignal[] {
  const signals: EnvironmentSignal[] = [];
  for (const [source, confidence] of NAMING_VARIABLES) {
    const value = variables.get(source);
    const meaning = value === undefined ? undefined : exactMeaningOf(value);
    if (value === undefined || meaning === undefined) continue;
    const { environment } = meaning;
    signals.push({ source, value, environment, confidence, reasoning: `${source} names it '${value}'` });
  }
  return signals;
}

/** The variables that should name an environment and do not. */
export function unrecognisedNames({ variables }: Facts): string[] {
  return [...NAMING_VARIABLES.keys()].filter((name) => {
    const value = variables.get(name);
    return value !== undefined && exactMeaningOf(value) === undefined;
  });
}
