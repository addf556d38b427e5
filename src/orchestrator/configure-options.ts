import { Check, copyOnce, flag, name, oneOf, type Part, part, setting, text } from '../input/index.js';

/** How a change of the configuration is meant. */
export interface ConfigureOptions {
  /** Only says what would change. Default `false`. */
  readonly dryRun?: boolean | undefined;
  /**
   * `runtime`: what `configure()` sets. `file`: what was there as a file, which is weaker than the environment and the code.
   * Default `runtime`.
   */
  readonly layer?: 'runtime' | 'file' | undefined;
  /**
   * `true`: in place of all that the layer says so far, so that `configure({}, { replace: true })` takes back what was set.
   * `false`: laid over it. Default: a file takes the place of a file, and everything else adds up.
   */
  readonly replace?: boolean | undefined;
  /**
   * `true`: the change comes from outside, such as a request to an admin page, and settings that are accepted in code only
   * are refused. Default: a file comes from outside, and everything else from code.
   */
  readonly untrusted?: boolean | undefined;
  /** The person or program that changes it, for the audit trail. */
  readonly actor?: string | undefined;
  /** Why, for the audit trail. */
  readonly reason?: string | undefined;
}

const LONGEST_REASON = 1_000;

const IN_CHANGE = 'Write it in the first argument, the change.';

const OPTIONS: Part<ConfigureOptions> = part(
  {
    dryRun: setting(flag()),
    layer: setting(oneOf(['runtime', 'file'])),
    replace: setting(flag()),
    untrusted: setting(flag()),
    actor: setting(name()),
    reason: setting(text(LONGEST_REASON)),
  },
  { elsewhere: { preset: IN_CHANGE, strategy: IN_CHANGE, defaults: IN_CHANGE, operations: IN_CHANGE } },
);

/** @throws {ConfigurationError} listing every issue of the options. */
export function parseConfigureOptions(given: ConfigureOptions | undefined): ConfigureOptions {
  const own = copyOnce('options', given ?? {});
  const check = new Check();
  check.settings('options', own, OPTIONS);
  check.throwIfInvalid();
  return own;
}
