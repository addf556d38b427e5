import { anyThat, Check, name, oneOf, type Part, part, readOnce, type SettingsOf, setting } from '../../input/index.js';
import type { Resilience } from '../../orchestrator/index.js';
import { STREAM_ERRORS, type StreamErrors } from './delivery.js';
import type { ModelProtection } from './model-calls.js';
import { type FailOn, isFailOn, UNWANTED_REASONS } from './unwanted-results.js';

/**
 * How models are protected.
 *
 * @typeParam Name the names of operations.
 */
export interface ModelProtectionOptions<Name extends string = string> {
  /** Runs the calls. */
  readonly resilience: Resilience<Name>;
  /** The operation whose settings apply. */
  readonly operation: NoInfer<Name>;
  /**
   * Which answers count as failed attempts, although they are no errors: their reasons, or a function that returns the reason
   * for those. If no attempt gives another answer, the request gets the first one. Default: none.
   */
  readonly failOn?: FailOn | undefined;
  /**
   * How a streamed answer that fails is passed on. `throw`: its stream delivers an error part, and then throws, so that
   * `textStream` throws as well. `throw_if_begun`: the same once the provider has begun to answer; before that, as the SDK
   * does it, which delivers an error part. `part`: its stream delivers an error part, and then ends. Default `throw_if_begun`.
   */
  readonly streamErrors?: StreamErrors | undefined;
}

/** Options of {@link holdfastMiddleware}. */
export interface HoldfastMiddlewareOptions<Name extends string = string> extends ModelProtectionOptions<Name> {
  /** The key of the breaker, quota and numbers. Default: the provider and the id of the model, as `openai.chat/gpt-5`. */
  readonly key?: string | undefined;
}

/** Declares {@link ModelProtectionOptions}. */
export const PROTECTION_OPTIONS: SettingsOf<ModelProtectionOptions> = {
  resilience: setting(anyThat<Resilience>(isResilience, 'must be what createResilience() returns')),
  operation: setting(name()),
  failOn: setting(
    anyThat<FailOn>(isFailOn, `must be a function, or an array of reasons: ${UNWANTED_REASONS.join(', ')}`),
  ),
  streamErrors: setting(oneOf(STREAM_ERRORS)),
};

const MIDDLEWARE_OPTIONS: Part<HoldfastMiddlewareOptions> = part(
  { ...PROTECTION_OPTIONS, key: setting(name()) },
  { advice: "Write options, such as { resilience, operation: 'chat' }." },
);

/** @throws {ConfigurationError} listing everything that is wrong with the options. */
export function parseMiddlewareOptions(given: HoldfastMiddlewareOptions): HoldfastMiddlewareOptions {
  const check = new Check();
  const own = readOnce('options', given);
  if (check.settings('options', own, MIDDLEWARE_OPTIONS)) checkRequired(check, own);
  check.throwIfInvalid();
  return own;
}

/** Checks that what has no default is given. */
export function checkRequired(check: Check, { resilience, operation }: ModelProtectionOptions): void {
  if (resilience === undefined) {
    check.addIssue('options.resilience', 'must be given', undefined, 'Write the value of createResilience().');
  }
  if (operation === undefined) {
    check.addIssue('options.operation', 'must be given', undefined, "Write the name of an operation, such as 'chat'.");
  }
}

/** Fills in the defaults. The options must be valid. */
export function resolveProtection(options: ModelProtectionOptions): ModelProtection {
  const { resilience, operation, failOn, streamErrors = 'throw_if_begun' } = options;
  return { resilience, operation, failOn: typeof failOn === 'object' ? [...failOn] : failOn, streamErrors };
}

function isResilience(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      'execute' in value &&
      typeof value.execute === 'function' &&
      'stream' in value &&
      typeof value.stream === 'function'
    );
  } catch {
    return false;
  }
}
