import { Check, readOnce } from '../input/index.js';

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
  /** Who changes it, for the audit trail. */
  readonly actor?: string | undefined;
  /** Why, for the audit trail. */
  readonly reason?: string | undefined;
}

const OPTIONS = ['dryRun', 'layer', 'replace', 'actor', 'reason'];
const LONGEST_REASON = 1_000;

/** @throws {ConfigurationError} naming everything that is wrong with the options. */
export function checkedOptions(given: ConfigureOptions | undefined): ConfigureOptions {
  const own = readOnce('options', given ?? {});
  const check = new Check();
  const fields = check.fields('options', own, OPTIONS);
  if (fields !== undefined) {
    const { dryRun, layer, replace, actor, reason } = fields;
    check.boolean('options.dryRun', dryRun);
    check.boolean('options.replace', replace);
    check.oneOf('options.layer', layer, ['runtime', 'file']);
    if (actor !== undefined) check.name('options.actor', actor);
    const isReason = reason === undefined || (typeof reason === 'string' && reason.length <= LONGEST_REASON);
    if (!isReason) check.addIssue('options.reason', `must be a string of at most ${LONGEST_REASON} characters`, reason);
  }
  check.throwIfInvalid();
  return own;
}
