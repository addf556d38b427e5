import { type ConfigInput, createResilience, type Resilience, type ResilienceOptions } from 'holdfast';

/** A machine of which nothing is known. */
export const NOWHERE = { env: {}, files: [], hostname: 'x' } as const;

/** A Resilience that hears nothing of the machine that the tests run on. */
export function configured(config: ConfigInput, options: ResilienceOptions = {}): Resilience {
  return createResilience({ environment: NOWHERE, ...options, config });
}
