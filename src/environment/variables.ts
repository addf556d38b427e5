import { FEATURE_VARIABLES } from './by-feature.js';
import { INDICATORS } from './by-indicator.js';
import { NAMING_VARIABLES } from './by-name.js';
import { PLATFORM_VARIABLES } from './by-platform.js';

/** Every environment variable that detection looks at, each once. */
export const VARIABLES: readonly string[] = [
  ...new Set([
    ...NAMING_VARIABLES.keys(),
    ...INDICATORS.flatMap((each) => ('variable' in each ? [each.variable] : [])),
    'HOSTNAME',
    ...FEATURE_VARIABLES,
    ...PLATFORM_VARIABLES,
  ]),
];
