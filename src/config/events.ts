import type { ConfigurationIssue } from '../errors/index.js';
import type { ConfigChange } from './change.js';
import type { DocumentLayer, Layer } from './layers.js';

/** The configuration is another one. Calls under way end by the old one. */
export interface ConfigChanged {
  readonly type: 'config.changed';
  readonly at: number;
  readonly operation: undefined;
  readonly key: undefined;
  readonly change: ConfigChange;
}

/** A change of the configuration was refused as a whole; the one in force holds on. */
export interface ConfigRefused {
  readonly type: 'config.refused';
  readonly at: number;
  readonly operation: undefined;
  readonly key: undefined;
  /** Which layer it was meant for. */
  readonly layer: DocumentLayer;
  /** Who asked for it, where that was said. */
  readonly actor?: string;
  /** Why it was asked for, where that was said. */
  readonly reason?: string;
  /** Everything that was wrong with it. */
  readonly issues: readonly ConfigurationIssue[];
}

/**
 * A setting of the environment variables has no effect, since a stronger layer sets it too. Emitted once, right after the
 * code that called `createResilience` has run on.
 */
export interface ConfigOverruled {
  readonly type: 'config.overruled';
  readonly at: number;
  readonly operation: undefined;
  readonly key: undefined;
  readonly setting: 'preset';
  /** What the variables say. */
  readonly given: string;
  readonly inForce: string;
  /** The layer that is stronger. */
  readonly by: Layer;
}
