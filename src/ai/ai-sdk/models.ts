/*
 * The AI SDK's models, as far as they are read here. Declared by their shape, so that one middleware is of the types that
 * several major versions of the SDK expect, and none of its packages is needed.
 */

/** The call options of a model of any kind. */
export interface ModelParams {
  readonly abortSignal?: AbortSignal | undefined;
}

/** What names a model. */
export interface NamedModel {
  readonly provider: string;
  readonly modelId: string;
}

/** A model whose answer arrives at once: of language or images. */
export interface GeneratingModel<Params, Result> extends NamedModel {
  doGenerate(params: Params): PromiseLike<Result>;
}

/** A model of embeddings. */
export interface EmbeddingModel<Params, Result> extends NamedModel {
  doEmbed(params: Params): PromiseLike<Result>;
}
