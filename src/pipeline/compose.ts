import type { Run, Stage } from './stage.js';

/** A stage, or nothing where a setting switched it off. */
export type OptionalStage = Stage | undefined;

/** Wraps `innermost` in the stages, the first one outermost. Absent stages are not in the chain at all. */
export function compose(stages: readonly OptionalStage[], innermost: Run): Run {
  return stages.reduceRight<Run>((next, stage) => (stage === undefined ? next : stage(next)), innermost);
}
