export {
  type EmbeddingModel,
  type FailOn,
  type FailoverModel,
  type FailoverModelOptions,
  type FailoverTarget,
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
  type StreamErrors,
  type StreamingModel,
  type SupportedUrls,
  type UnwantedReason,
} from './ai-sdk/index.js';
export type { RequestCallOptions } from './call-options.js';
export {
  type Fetch,
  type OutgoingRequest,
  type RequestOptions,
  type ResilientFetchOptions,
  resilientFetch,
  withCallOptions,
} from './http/index.js';
export { type ProtectOptions, protect } from './protect/index.js';
