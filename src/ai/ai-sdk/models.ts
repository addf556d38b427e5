/*
 * The AI SDK's models, as far as they are read here. Declared by their shape, so that one middleware is of the types that
 * several major versions of the SDK expect, and none of its packages is needed.
 */

/** The call options of a model of any kind. */
export interface ModelParams {
  readonly abortSignal?: AbortSignal | undefined;
  /** Options of providers by the name of the provider; `holdfast` has {@link RequestCallOptions}, which no model receives. */
  readonly providerOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What names a model. */
export interface NamedModel {
  readonly provider: string;
  readonly modelId: string;
}

/** The result of a call of a language model that streams. */
export interface ModelStream<Part = unknown> {
  stream: ReadableStream<Part>;
  /** What was sent to the provider. */
  request?: { url?: string; body?: unknown };
  /** What the provider answered. */
  response?: { headers?: Record<string, string> };
}

/** A model whose answer arrives at once: of language or images. */
export interface GeneratingModel<Params, Result> extends NamedModel {
  doGenerate(params: Params): PromiseLike<Result>;
}

/** A model whose answer arrives in parts. */
export interface StreamingModel<Params, Part> extends NamedModel {
  doStream(params: Params): PromiseLike<ModelStream<Part>>;
}

/** A model of embeddings. */
export interface EmbeddingModel<Params, Result> extends NamedModel {
  doEmbed(params: Params): PromiseLike<Result>;
}

/** What a language model takes as URLs itself, by media type. */
export type SupportedUrls = Record<string, RegExp[]>;

/** A language model of the AI SDK, of any version of its specification. */
export interface LanguageModel extends NamedModel {
  readonly specificationVersion: string;
  readonly supportedUrls: SupportedUrls | PromiseLike<SupportedUrls>;
  doGenerate(params: ModelParams): PromiseLike<unknown>;
  doStream(params: ModelParams): PromiseLike<ModelStream>;
}
