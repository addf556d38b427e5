/**
 * Protection for the clients of AI SDKs.
 *
 * @packageDocumentation
 */
export {
  type EmbeddingModel,
  type FailOn,
  type FailoverModel,
  type FailoverModelOptions,
  type FailoverTarget,
  type Fetch,
  failoverModel,
  type GeneratingModel,
  type HoldfastMiddleware,
  type HoldfastMiddlewareOptions,
  holdfastMiddleware,
  type LanguageModel,
  type ModelParams,
  type ModelProtectionOptions,
  type ModelResult,
  type ModelStream,
  type NamedModel,
  type OutgoingRequest,
  type ProtectOptions,
  protect,
  type RequestCallOptions,
  type RequestOptions,
  type ResilientFetchOptions,
  resilientFetch,
  type StreamErrors,
  type StreamingModel,
  type SupportedUrls,
  type UnwantedReason,
  withCallOptions,
} from '../ai/index.js';
