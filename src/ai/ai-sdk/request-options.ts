import { Check, isReadableRecord, name, type Part, part, readOnce, setting } from '../../input/index.js';
import { CALL_OPTIONS } from '../../orchestrator/options.js';
import type { ModelCallOptions } from './model-calls.js';
import type { HoldfastProviderOptions, ModelParams } from './models.js';

const { key, idempotent, priority, deadlineMs } = CALL_OPTIONS.settings;

const PROVIDER_OPTIONS: Part<HoldfastProviderOptions> = part(
  { key, idempotent, priority, session: setting(name()), deadlineMs },
  { advice: "Write options, such as { session: 'c-17' }." },
);

const PATH = 'providerOptions.holdfast';

/** A request: what it says about its call, and what its model receives. */
interface SplitRequest<Params> {
  readonly options: ModelCallOptions;
  readonly forModel: Params;
}

/**
 * Splits a request into the options of its call and what its model receives.
 *
 * @throws {ConfigurationError} listing everything that is wrong with `providerOptions.holdfast`.
 */
export function splitRequest<Params extends ModelParams>(params: Params): SplitRequest<Params> {
  const { abortSignal: signal, providerOptions } = params;
  if (!isReadableRecord(providerOptions) || providerOptions['holdfast'] === undefined) {
    return { options: { signal }, forModel: params };
  }
  const { holdfast, ...others } = providerOptions;
  const { session, ...own } = parseOptions(holdfast);
  return {
    options: { ...own, signal, context: session === undefined ? undefined : { session } },
    forModel: { ...params, providerOptions: others },
  };
}

function parseOptions(given: unknown): HoldfastProviderOptions {
  const own = readOnce(PATH, given);
  const check = new Check();
  check.settings(PATH, own, PROVIDER_OPTIONS);
  check.throwIfInvalid();
  return PROVIDER_OPTIONS.parse(own);
}
