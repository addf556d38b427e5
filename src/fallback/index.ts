export { checkFallback, readFallback } from './check-fallback.js';
export type {
  Fallback,
  FallbackCause,
  FallbackChain,
  FallbackCondition,
  FallbackFunction,
  FallbackStep,
  FallbackUse,
  FunctionStep,
  LastGood,
  LastGoodStep,
  OperationStep,
  ValueStep,
} from './fallback.js';
export { LastGoodValues } from './last-good.js';
export {
  callsOperation,
  computeAttemptsMs,
  type FallbackPlan,
  isFor,
  listOperations,
  mayAnswer,
  type PlannedStep,
  resolveFallback,
} from './plan.js';
