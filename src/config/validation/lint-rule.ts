import type { EffectiveView } from './effective-view.js';

/** What a rule says about settings. */
export interface Advice {
  /** What is unwise, as a predicate of the setting: `is low: ...`. */
  readonly message: string;
  /** What to write instead. */
  readonly suggestion?: string;
}

/** One way in which allowed settings can be unwise. */
export interface LintRule {
  /** Names the rule in warnings. */
  readonly id: string;
  /** The settings that it depends on. A warning names the nearest one that is written down, if any. */
  readonly paths: readonly string[];
  /** Returns what is unwise, or `false` if nothing is. */
  readonly check: (view: EffectiveView) => Advice | false;
}
