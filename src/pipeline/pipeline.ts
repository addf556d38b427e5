export type { Attempt } from './attempt.js';
export type { Call, Interruption, StagedCall } from './call.js';
export { compose, type OptionalStage } from './compose.js';
export type { Failure, FailureKind } from './failure.js';
export type { Run, Stage } from './stage.js';
export type { StopReason } from './stop-reason.js';
