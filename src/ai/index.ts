export {
  type EmbeddingModel,
  type GeneratingModel,
  type HoldfastMiddleware,
  type HoldfastMiddlewareOptions,
  holdfastMiddleware,
  type ModelParams,
  type NamedModel,
} from './ai-sdk/index.js';
export {
  type Fetch,
  type OutgoingRequest,
  type RequestOptions,
  type ResilientFetchOptions,
  resilientFetch,
} from './http/index.js';
export { type ProtectOptions, protect } from './protect/index.js';
