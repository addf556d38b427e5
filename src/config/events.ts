import type { ConfigurationIssue } from '../errors/index.js';
import type { ConfigChange } from './change.js';
import type { DocumentLayer } from './layers.js';

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
  /** The `actor` of the change, if one was given. */
  readonly actor?: string;
  /** The `reason` of the change, if one was given. */
  readonly reason?: string;
  /** Everything that was wrong with it. */
  readonly issues: readonly ConfigurationIssue[];
}
