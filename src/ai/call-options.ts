import { Check, name, type Part, part, readOnce, setting } from '../input/index.js';
import type { StickyHook } from '../orchestrator/index.js';
import { CALL_OPTIONS } from '../orchestrator/options.js';
import type { Priority } from '../pipeline/index.js';

/** What a single request of a client or model says about its call. */
export interface RequestCallOptions {
  /** Replaces the key of the breaker, quota and numbers. With several targets: a tenant, for example. */
  readonly key?: string | undefined;
  /** Whether the provider may execute the request twice. Default `true`. */
  readonly idempotent?: boolean | undefined;
  /** Which of several waiting calls is served first. Default `normal`. */
  readonly priority?: Priority | undefined;
  /** The conversation, which stays with one target. In the context of the call as `session`. */
  readonly session?: string | undefined;
  /** The longest this call may take, in milliseconds; `false`: no limit. Default: as the operation. */
  readonly deadlineMs?: number | false | undefined;
}

const { key, idempotent, priority, deadlineMs } = CALL_OPTIONS.settings;

const OPTIONS: Part<RequestCallOptions> = part(
  { key, idempotent, priority, session: setting(name()), deadlineMs },
  { advice: "Write options, such as { session: 'c-17' }." },
);

/**
 * Reads and checks what a request says about its call.
 *
 * @throws {ConfigurationError} listing everything that is wrong with it.
 */
export function parseCallOptions(path: string, given: unknown): RequestCallOptions {
  const own = readOnce(path, given);
  const check = new Check();
  check.settings(path, own, OPTIONS);
  check.throwIfInvalid();
  return OPTIONS.parse(own);
}

/** Takes the session of the context for the conversation that a call belongs to. */
export const bySession: StickyHook = ({ context }) => {
  const { session } = context;
  return typeof session === 'string' && session !== '' ? session : undefined;
};
