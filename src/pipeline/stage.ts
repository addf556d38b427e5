import type { StagedCall } from './call.js';

/** Carries a call to its end. Never throws: what goes wrong is in the promise. */
export type Run = (call: StagedCall) => Promise<unknown>;

/**
 * Wraps a run in one concern. A stage is made once per operation and config by a factory that closes over its settings
 * and its state, so it can be read, tested and reordered alone; whatever belongs to one call is in the call.
 */
export type Stage = (next: Run) => Run;
