import type { ConfigChanged, ConfigRefused } from '../../../src/config/events.js';
import { Emitter } from '../../../src/runtime/index.js';
import { START } from './usage-setup.js';

type Change = ConfigChanged['change'];

/** An event that is not about the configuration. */
export type OtherEvent = { readonly type: 'call.started'; readonly at: number };

export const CHANGE: Change = {
  applied: true,
  at: 0,
  layer: 'runtime',
  actor: 'alice',
  reason: 'too many timeouts',
  preset: { from: 'simple', to: 'simple' },
  changes: [
    {
      operation: 'chat',
      path: 'retry.maxAttempts',
      from: { value: 3, layer: 'preset', name: 'simple' },
      to: { value: 5, layer: 'runtime' },
    },
    { operation: undefined, path: 'deadlineMs', from: { value: 120_000, layer: 'library' }, to: undefined },
  ],
};

/** A change that changes no setting. */
export const NO_CHANGE: Change = { ...CHANGE, changes: [] };

/** An event that belongs to no operation and no call. */
const NOWHERE = { at: START, operation: undefined, key: undefined, callId: undefined, context: undefined };

/** Stands in for a `Resilience`, and collects the errors of listeners. */
export function createSource() {
  const errors: unknown[] = [];
  const events = new Emitter<ConfigChanged | ConfigRefused | OtherEvent>((error) => errors.push(error));
  const config = () => ({
    preset: 'simple',
    strategy: undefined,
    settings: { deadlineMs: { value: 120_000, layer: 'library' as const } },
  });
  return {
    resilience: Object.assign(events, { config }),
    errors,
    change: (change: Change) => events.emit({ type: 'config.changed', ...NOWHERE, change }),
    refuse: (refusal: Partial<ConfigRefused> = {}) =>
      events.emit({
        type: 'config.refused',
        ...NOWHERE,
        layer: 'file',
        issues: [
          { path: 'change.preset', message: 'must be a known preset', received: '5' },
          { path: 'change.strategy', message: 'must be a known strategy', received: '6' },
        ],
        ...refusal,
      }),
  };
}
