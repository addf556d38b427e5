import { z } from 'zod';
import { ConfigurationError } from '../errors/index.js';
import { copyOnce } from '../input/index.js';
import type { ConfigInput } from './document.js';
import { BUILT_IN } from './presets/catalog.js';

/**
 * The schema of a config for your own zod, to compose with other schemas. It accepts what `createResilience` accepts, and
 * reports the same issues.
 *
 * @example
 * ```ts
 * const appConfig = z.object({ port: z.number(), resilience: configSchema });
 * ```
 */
export const configSchema: z.ZodType<ConfigInput, ConfigInput> = z.preprocess(
  (given: ConfigInput, context) => {
    try {
      const own = copyOnce('', given);
      // A value that was not copied is not plain. It becomes `null`, since zod would wait for a Promise.
      return Object.is(own, given) ? null : own;
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      for (const { path, message } of error.issues)
        context.addIssue({ code: 'custom', path: path.split('.').slice(1), message });
      return z.NEVER;
    }
  },
  z.lazy(() => BUILT_IN.config),
);
