/**
 * Protection for the clients of AI SDKs.
 *
 * @packageDocumentation
 */
export {
  type EmbeddingModel,
  type GeneratingModel,
  type HoldfastMiddleware,
  type HoldfastMiddlewareOptions,
  holdfastMiddleware,
  type ModelParams,
  type NamedModel,
} from '../ai/index.js';
