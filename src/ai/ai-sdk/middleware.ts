import { type HoldfastMiddlewareOptions, parseMiddlewareOptions, resolveProtection } from './middleware-options.js';
import { generateOnce, generateParts, type ModelCallOptions } from './model-calls.js';
import type {
  EmbeddingModel,
  GeneratingModel,
  ModelParams,
  ModelStream,
  NamedModel,
  StreamingModel,
} from './models.js';
import { splitRequest } from './request-options.js';

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
  /** Calls a language model that streams. Resolves at the first content. */
  wrapStream<Params extends ModelParams, Part>(options: {
    readonly params: Params;
    readonly model: StreamingModel<Params, Part>;
  }): Promise<ModelStream<Part>>;
  /** Calls an embedding model. */
  wrapEmbed<Params extends ModelParams, Result>(options: {
    readonly params: Params;
    readonly model: EmbeddingModel<Params, Result>;
  }): Promise<Result>;
}

/**
 * Creates middleware for models of the AI SDK that runs each call of a model as a call of an operation: with its retries,
 * time limits, breaker and limits. Errors that leave it are not retried by the SDK once more: such an error is a copy with
 * `isRetryable: false`, whose `cause` is the original.
 *
 * A request can say more in `providerOptions: { holdfast: { … } }`. Targets and fallbacks of the operation are not used.
 *
 * @example
 * ```ts
 * import { openai } from '@ai-sdk/openai';
 * import { wrapLanguageModel } from 'ai';
 *
 * const middleware = holdfastMiddleware({ resilience, operation: 'chat' });
 * const model = wrapLanguageModel({ model: openai('gpt-5'), middleware });
 * ```
 *
 * @throws {ConfigurationError} listing everything that is wrong with the options.
 */
export function holdfastMiddleware<Name extends string>(options: HoldfastMiddlewareOptions<Name>): HoldfastMiddleware;
export function holdfastMiddleware(options: HoldfastMiddlewareOptions): HoldfastMiddleware {
  const own = parseMiddlewareOptions(options);
  const protection = resolveProtection(own);
  const optionsOf = (model: NamedModel, ofRequest: ModelCallOptions): ModelCallOptions => ({
    ...ofRequest,
    key: ofRequest.key ?? own.key ?? `${model.provider}/${model.modelId}`,
    targets: false,
  });
  return {
    specificationVersion: 'v3',
    async wrapGenerate({ params, model }) {
      const { options: ofRequest, forModel } = splitRequest(params);
      return generateOnce(protection, optionsOf(model, ofRequest), ({ signal: abortSignal }) =>
        model.doGenerate({ ...forModel, abortSignal }),
      );
    },
    async wrapStream({ params, model }) {
      const { options: ofRequest, forModel } = splitRequest(params);
      return generateParts(protection, optionsOf(model, ofRequest), ({ signal: abortSignal }) =>
        model.doStream({ ...forModel, abortSignal }),
      );
    },
    async wrapEmbed({ params, model }) {
      const { options: ofRequest, forModel } = splitRequest(params);
      return generateOnce(protection, optionsOf(model, ofRequest), ({ signal: abortSignal }) =>
        model.doEmbed({ ...forModel, abortSignal }),
      );
    },
  };
}
