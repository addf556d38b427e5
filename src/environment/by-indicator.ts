import type { EnvironmentSignal, KnownEnvironment } from './detected.js';
import type { Facts } from './facts.js';

/** A variable with one certain value, or a file, that goes with an environment. */
export type Indicator = { readonly environment: KnownEnvironment; readonly confidence: number } & (
  | { readonly variable: string; readonly value: string }
  | { readonly file: string }
);

const DEVELOPMENT = { environment: 'development', confidence: 0.7 } as const;
const PRODUCTION = { environment: 'production', confidence: 0.75 } as const;

/** In the order in which they are looked for; each one that is there is a signal. */
export const INDICATORS: readonly Indicator[] = [
  { ...DEVELOPMENT, variable: 'DEBUG', value: 'true' },
  { ...DEVELOPMENT, variable: 'DEBUG', value: '1' },
  { ...DEVELOPMENT, file: '.env' },
  { ...DEVELOPMENT, file: '.git' },
  { ...DEVELOPMENT, file: 'docker-compose.dev.yml' },
  { ...PRODUCTION, variable: 'PRODUCTION', value: 'true' },
  { ...PRODUCTION, variable: 'PROD', value: 'true' },
  { ...PRODUCTION, variable: 'DEBUG', value: 'false' },
  { ...PRODUCTION, variable: 'DEBUG', value: '0' },
];

/** The files that are looked for, in the working directory. */
export const INDICATOR_FILES: readonly string[] = INDICATORS.flatMap((each) => ('file' in each ? [each.file] : []));

/** A signal for every indicator that is there. */
export function signalsByIndicator({ variables, files }: Facts): EnvironmentSignal[] {
  return INDICATORS.flatMap((indicator): EnvironmentSignal[] => {
    const { environment, confidence } = indicator;
    if ('file' in indicator) {
      const { file } = indicator;
      if (!files.has(file)) return [];
      return [{ source: file, value: 'present', environment, confidence, reasoning: `there is a ${file}` }];
    }
    const { variable, value } = indicator;
    // The package `debug` reads DEBUG too, as a list of names: that says nothing here.
    if (variables.get(variable)?.toLowerCase() !== value) return [];
    return [{ source: variable, value, environment, confidence, reasoning: `${variable} is ${value}` }];
  });
}
