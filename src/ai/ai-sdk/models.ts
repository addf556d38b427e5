import type { Priority } from '../../pipeline/index.js';

/*
 * The AI SDK's models, as far as they are read here. Declared by their shape, so that one middleware is of the types that
 * several major versions of the SDK expect, and none of its packages is needed.
 */

/** The call options of a model of any kind. */
export interface ModelParams {
  readonly abortSignal?: AbortSignal | undefined;
  /** Options of providers by the name of the provider; `holdfast` has {@link HoldfastProviderOptions}. */
  readonly providerOptions?: Readonly<Record<string, unknown>> | undefined;
}

/** What one request says about its call, as `providerOptions: { holdfast: { … } }`. No model receives it. */
export interface HoldfastProviderOptions {
  /** Replaces the key of the breaker, quota and numbers. With several models: a tenant, for example. */
  readonly key?: string | undefined;
  /** Whether the provider may execute the request twice. Default `true`. */
  readonly idempotent?: boolean | undefined;
  /** Which of several waiting calls is served first. Default `normal`. */
  readonly priority?: Priority | undefined;
  /** The conversation, which stays with one model. In the context of the call as `session`. */
  readonly session?: string | undefined;
  /** The longest this call may take, in milliseconds; `false`: no limit. Default: as the operation. */
  readonly deadlineMs?: number | false | undefined;
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
