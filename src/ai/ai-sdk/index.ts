export type { StreamErrors } from './delivery.js';
export { type FailoverModel, failoverModel } from './failover-model.js';
export type { FailoverModelOptions, FailoverTarget } from './failover-options.js';
export { type HoldfastMiddleware, holdfastMiddleware } from './middleware.js';
export type { HoldfastMiddlewareOptions, ModelProtectionOptions } from './middleware-options.js';
export type {
  EmbeddingModel,
  GeneratingModel,
  LanguageModel,
  ModelParams,
  ModelStream,
  NamedModel,
  StreamingModel,
  SupportedUrls,
} from './models.js';
export type { FailOn, ModelResult, UnwantedReason } from './unwanted-results.js';
