import type { Judged } from '../judged.js';

/** Something that settings can have against them. Rules are data: they know nothing of each other. */
export interface Rule {
  /** Names it in warnings. */
  readonly id: string;
  /** The settings that it depends on. The warning is at the first of them that was written; if none was, there is none. */
  readonly paths: readonly string[];
  /** Whether it has something against them. */
  readonly when: (judged: Judged) => boolean;
  /** What, in one sentence. */
  readonly message: (judged: Judged) => string;
  /** What would be better. */
  readonly suggestion?: (judged: Judged) => string;
}

/** Rules of which one has its say at each place, the first that has something against what stands there. */
export type RuleGroup = readonly Rule[];
