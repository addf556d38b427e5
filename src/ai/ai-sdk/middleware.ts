import type { Resilience } from '../../orchestrator/index.js';
import type { Call } from '../../pipeline/index.js';
import { toFinalError } from './final-error.js';
import type { EmbeddingModel, GeneratingModel, ModelParams, NamedModel } from './models.js';

/** Options of {@link holdfastMiddleware}. */
export interface HoldfastMiddlewareOptions {
  /** Protects the calls. */
  readonly resilience: Pick<Resilience, 'execute'>;
  /** The operation whose settings apply. */
  readonly operation: string;
  /** The key of the breaker, quota and numbers. Default: the provider and the id of the model, as `openai.chat/gpt-5`. */
  readonly key?: string | undefined;
}

/**
 * Middleware for `wrapLanguageModel`, `wrapImageModel` and `wrapEmbeddingModel` of the AI SDK, versions 6 and 7.
 */
export interface HoldfastMiddleware {
  /** Version 6 demands it; later versions accept any. */
  readonly specificationVersion: 'v3';
  /** Calls a language or image model. */
  wrapGenerate<Params extends ModelParams, Result>(options: {
    readonly params: Params;
    readonly model: GeneratingModel<Params, Result>;
  }): Promise<Result>;
  /** Calls an embedding model. */
  wrapEmbed<Params extends ModelParams, Result>(options: {
    readonly params: Params;
    readonly model: EmbeddingModel<Params, Result>;
  }): Promise<Result>;
}

/**
 * Creates middleware for models of the AI SDK that runs each call of a model as a call of an operation: with its retries,
 * time limits, breaker and limits. Errors that leave it are not retried by the SDK once more.
 *
 * @example
 * ```ts
 * import { openai } from '@ai-sdk/openai';
 * import { wrapLanguageModel } from 'ai';
 *
 * const middleware = holdfastMiddleware({ resilience, operation: 'chat' });
 * const model = wrapLanguageModel({ model: openai('gpt-5'), middleware });
 * ```
 */
export function holdfastMiddleware({ resilience, operation, key }: HoldfastMiddlewareOptions): HoldfastMiddleware {
  const run = async <Result>(
    { abortSignal }: ModelParams,
    model: NamedModel,
    fn: (call: Call) => PromiseLike<Result>,
  ): Promise<Result> => {
    try {
      return await resilience.execute(operation, fn, {
        key: key ?? `${model.provider}/${model.modelId}`,
        signal: abortSignal,
        targets: false,
      });
    } catch (error) {
      throw toFinalError(error);
    }
  };
  return {
    specificationVersion: 'v3',
    wrapGenerate: ({ params, model }) =>
      run(params, model, (call) => model.doGenerate({ ...params, abortSignal: call.signal })),
    wrapEmbed: ({ params, model }) =>
      run(params, model, (call) => model.doEmbed({ ...params, abortSignal: call.signal })),
  };
}
