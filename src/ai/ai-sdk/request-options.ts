import { isReadableRecord } from '../../input/index.js';
import { parseCallOptions } from '../call-options.js';
import type { ModelCallOptions } from './model-calls.js';
import type { ModelParams } from './models.js';

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
  const { session, ...own } = parseCallOptions(PATH, holdfast);
  return {
    options: { ...own, signal, context: session === undefined ? undefined : { session } },
    forModel: { ...params, providerOptions: others },
  };
}
