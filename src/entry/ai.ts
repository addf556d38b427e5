/**
 * Protection for the clients of AI SDKs.
 *
 * @packageDocumentation
 */
export {
  type EmbeddingModel,
  type Fetch,
  type GeneratingModel,
  type HoldfastMiddleware,
  type HoldfastMiddlewareOptions,
  holdfastMiddleware,
  type ModelParams,
  type NamedModel,
  type OutgoingRequest,
  type ProtectOptions,
  protect,
  type RequestOptions,
  type ResilientFetchOptions,
  resilientFetch,
} from '../ai/index.js';
