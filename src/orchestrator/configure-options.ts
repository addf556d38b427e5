import { Check, copyOnce, flag, name, oneOf, type Part, part, setting, text } from '../input/index.js';

/** Options of a change of the configuration. */
export interface ConfigureOptions {
  /** Only returns what would change. Default `false`. */
  readonly dryRun?: boolean | undefined;
  /**
   * `runtime`: the layer that `configure()` sets. `file`: the layer of the config file, which has lower precedence than the
   * environment and code. Default `runtime`.
   */
  readonly layer?: 'runtime' | 'file' | undefined;
  /**
   * `true`: replaces the whole layer, so that `configure({}, { replace: true })` reverts earlier changes. `false`: overlays
   * the layer. Default `false`; `true` for a file.
   */
  readonly replace?: boolean | undefined;
  /**
   * `true`: the change comes from outside, such as from a request to an admin page, and settings that only code may set are
   * refused. Default `false`; `true` for a file.
   */
  readonly untrusted?: boolean | undefined;
  /** The person or program that makes the change, for the audit trail. */
  readonly actor?: string | undefined;
  /** The reason for the change, for the audit trail. */
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
