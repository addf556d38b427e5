import { z } from 'zod';
import { ConfigurationError } from '../errors/index.js';
import { copyOnce } from '../input/index.js';
import type { ConfigInput } from './document.js';
import { BUILT_IN } from './presets/catalog.js';

/**
 * A whole config as a schema of your own zod, to be composed with others. It takes what `createResilience` takes, and gives
 * the same issues.
 */
export const configSchema: z.ZodType<ConfigInput, ConfigInput> = z.preprocess(
  (given: ConfigInput, context) => {
    try {
      const own = copyOnce('', given);
      // Not a Promise, for which zod would wait.
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
