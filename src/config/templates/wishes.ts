import { Check, readOnce } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { parseDocument } from '../parse-document.js';
import { BUILT_IN } from '../presets/catalog.js';
import type { Settings } from '../settings.js';

/** What a template is looked for by. */
export interface TemplateValues {
  /** Attempts of a call in all. Default 3. */
  readonly maxAttempts?: number | undefined;
  /** Failures in a row at which the breaker opens. Default 5. */
  readonly consecutiveFailures?: number | undefined;
  /** Default `balanced`. */
  readonly strategy?: string | undefined;
}

/** What somebody wishes for: what was given, and the whole of it. */
export interface Wishes {
  readonly given: TemplateValues;
  readonly maxAttempts: number;
  readonly consecutiveFailures: number;
  readonly strategy: string;
}

const VALUES = ['maxAttempts', 'consecutiveFailures', 'strategy'];
const ATTEMPTS = { min: 1, max: 1_000, integer: true };
const FAILURES = { min: 1, max: 1_000_000, integer: true };

/** What holds for what is not given, as in preset `simple`. */
const USUAL = { maxAttempts: 3, consecutiveFailures: 5, strategy: 'balanced' };

/**
 * What is wished for with values, or with a config. What a config leaves open is as the preset has it that it names.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function wishesIn(values: TemplateValues | ConfigInput): Wishes {
  const own = readOnce('values', values);
  // What is no plain object is given back as it is, and must not be looked into.
  const isPlain = own !== values && typeof own === 'object';
  if (isPlain && areValues(own)) return wishesOf(checkedValues(own), {});
  const config = parseDocument('values', own);
  const preset = config.preset === undefined ? undefined : BUILT_IN.findPreset(config.preset);
  const { strategy, settings } = preset ?? {};
  return wishesOf(valuesIn(config.defaults, config.strategy), valuesIn(settings, strategy));
}

/** What settings say of the values that templates are looked for by. */
export function valuesIn(settings: Settings | undefined, strategy: string | undefined): TemplateValues {
  const { retry, breaker } = settings ?? {};
  return {
    maxAttempts: retry === false ? 1 : retry?.maxAttempts,
    consecutiveFailures: breaker === false ? undefined : breaker?.trip?.consecutiveFailures,
    strategy,
  };
}

function wishesOf(given: TemplateValues, below: TemplateValues): Wishes {
  return {
    given,
    maxAttempts: given.maxAttempts ?? below.maxAttempts ?? USUAL.maxAttempts,
    consecutiveFailures: given.consecutiveFailures ?? below.consecutiveFailures ?? USUAL.consecutiveFailures,
    strategy: given.strategy ?? below.strategy ?? USUAL.strategy,
  };
}

/** A config has neither attempts nor failures at its top. */
function areValues(own: TemplateValues | ConfigInput): own is TemplateValues {
  return 'maxAttempts' in own || 'consecutiveFailures' in own;
}

function checkedValues(own: TemplateValues): TemplateValues {
  const check = new Check();
  const fields = check.fields('values', own, VALUES);
  if (fields !== undefined) {
    check.number('values.maxAttempts', fields['maxAttempts'], ATTEMPTS);
    check.number('values.consecutiveFailures', fields['consecutiveFailures'], FAILURES);
    BUILT_IN.checkStrategy(check, 'values.strategy', fields['strategy']);
  }
  check.throwIfInvalid();
  return own;
}
