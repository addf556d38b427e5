import type { ConfigurationIssue } from '../errors/index.js';
import type { ConfigChange } from './change.js';
import type { DocumentLayer, Layer } from './layers.js';

/** Emitted after the configuration has changed. Calls in flight keep the old one. */
export interface ConfigChanged {
  readonly type: 'config.changed';
  readonly at: number;
  readonly operation: undefined;
  readonly key: undefined;
  readonly callId: undefined;
  readonly context: undefined;
  readonly change: ConfigChange;
}

/** Emitted after a change of the configuration was refused. The whole change has no effect. */
export interface ConfigRefused {
  readonly type: 'config.refused';
  readonly at: number;
  readonly operation: undefined;
  readonly key: undefined;
  readonly callId: undefined;
  readonly context: undefined;
  /** The layer that the change was meant for. */
  readonly layer: DocumentLayer;
  /** The `actor` of the change, if one was given. */
  readonly actor?: string;
  /** The `reason` of the change, if one was given. */
  readonly reason?: string;
  /** Everything that is wrong with the change. */
  readonly issues: readonly ConfigurationIssue[];
}

/**
 * Emitted if a setting of the environment variables has no effect, because a layer of higher precedence sets it too.
 * Emitted once, after the synchronous code that called `createResilience`.
 */
export interface ConfigOverruled {
  readonly type: 'config.overruled';
  readonly at: number;
  readonly operation: undefined;
  readonly key: undefined;
  readonly callId: undefined;
  readonly context: undefined;
  readonly setting: 'preset';
  /** The value in the variables. */
  readonly given: string;
  readonly inForce: string;
  /** The layer of higher precedence. */
  readonly by: Layer;
}
