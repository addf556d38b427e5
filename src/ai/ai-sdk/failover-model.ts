import type { Call } from '../../pipeline/index.js';
import { type FailoverModelOptions, type FailoverTarget, parseFailover } from './failover-options.js';
import { generateOnce, generateParts, type ModelCallOptions } from './model-calls.js';
import type { LanguageModel, ModelParams, SupportedUrls } from './models.js';
import { splitRequest } from './request-options.js';
import { intersectUrls } from './supported-urls.js';

/** A language model of the AI SDK that stands for several, as {@link failoverModel} returns it. */
export type FailoverModel<Model extends LanguageModel = LanguageModel> = Pick<Model, keyof LanguageModel>;

/**
 * Creates a language model of the AI SDK, versions 6 and 7, that stands for several: each call goes to one of them and moves
 * to another if it fails, as with [targets](../../guides/targets.md). It has the name and the specification version of the
 * first one, and takes the URLs that all of them take.
 *
 * Embeddings of different models cannot be compared, so there is nothing alike for embedding models.
 *
 * @example
 * ```ts
 * import { openai } from '@ai-sdk/openai';
 * import { generateText } from 'ai';
 *
 * const models = [openai('gpt-5'), openai('gpt-5-mini')];
 * const model = failoverModel(models, { resilience, operation: 'chat' });
 * const { text } = await generateText({ model, prompt: 'Say hello.' });
 * ```
 *
 * @param models the models, or objects with more about each; the preferred one first.
 * @throws {ConfigurationError} listing everything that is wrong with the models or the options.
 */
export function failoverModel<Model extends LanguageModel, Name extends string>(
  models: readonly (Model | FailoverTarget<Model>)[],
  options: FailoverModelOptions<Name>,
): FailoverModel<Model>;
export function failoverModel(
  models: readonly (LanguageModel | FailoverTarget)[],
  options: FailoverModelOptions,
): LanguageModel {
  const { primary, members, protection, callOptions } = parseFailover(models, options);
  /** The request of one call, and what its options are. */
  const begin = async <Result>(
    params: ModelParams,
    run: (options: ModelCallOptions, work: (call: Call) => PromiseLike<Result>) => Promise<Result>,
    ask: (model: LanguageModel, params: ModelParams) => PromiseLike<Result>,
  ): Promise<Result> => {
    const { options: ofRequest, forModel } = splitRequest(params);
    return run({ ...callOptions, ...ofRequest }, async ({ signal: abortSignal, target }) => {
      const { model, prepare } = members.get(target?.name ?? '') ?? { model: primary };
      const own = { ...forModel, abortSignal };
      if (prepare === undefined || target === undefined) return ask(model, own);
      return ask(model, { ...(await prepare(own, target)), abortSignal });
    });
  };
  return {
    specificationVersion: primary.specificationVersion,
    provider: primary.provider,
    modelId: primary.modelId,
    get supportedUrls(): SupportedUrls | PromiseLike<SupportedUrls> {
      return intersectUrls([...members.values()].map(({ model }) => model.supportedUrls));
    },
    doGenerate: (params) =>
      begin(
        params,
        (callOptions, work) => generateOnce(protection, callOptions, work),
        (model, own) => model.doGenerate(own),
      ),
    doStream: (params) =>
      begin(
        params,
        (callOptions, work) => generateParts(protection, callOptions, work),
        (model, own) => model.doStream(own),
      ),
  };
}
