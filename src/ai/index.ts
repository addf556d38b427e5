export {
  type EmbeddingModel,
  type GeneratingModel,
  type HoldfastMiddleware,
  type HoldfastMiddlewareOptions,
  holdfastMiddleware,
  type ModelParams,
  type NamedModel,
} from './ai-sdk/index.js';
