export { type HoldfastMiddleware, type HoldfastMiddlewareOptions, holdfastMiddleware } from './middleware.js';
export type { EmbeddingModel, GeneratingModel, ModelParams, NamedModel } from './models.js';
