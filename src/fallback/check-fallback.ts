import {
  anyFunction,
  anyThat,
  type Check,
  didYouMean,
  isArray,
  isReadableRecord,
  name,
  numberWithin,
  type Part,
  part,
  readOnce,
  readOrRefuse,
  setting,
} from '../input/index.js';
import type { FallbackChain, FallbackCondition, LastGood } from './fallback.js';
import { LAST_GOOD } from './last-good.js';

/** Every condition, complete by its type. */
const CONDITIONS: Readonly<Record<FallbackCondition, true>> = {
  timeout: true,
  quota_exhausted: true,
  context_length: true,
  content_policy: true,
  overloaded: true,
  rate_limited: true,
  auth: true,
  not_found: true,
  invalid_request: true,
  network: true,
  server_error: true,
  unknown: true,
  not_retryable: true,
  attempts_exhausted: true,
  deadline: true,
  breaker_open: true,
  quota_held: true,
  retry_budget: true,
  capacity: true,
  no_target: true,
};

const NAMES = Object.keys(CONDITIONS);

/** The fields of a step, of which one says what it does. */
interface AnyStep {
  readonly value?: unknown;
  readonly lastGood?: LastGood | undefined;
  readonly run?: ((...args: never) => unknown) | undefined;
  readonly operation?: string | undefined;
  readonly on?: unknown;
}

const STEP: Part<AnyStep> = part({
  value: setting(anyThat<unknown>(() => true, '')),
  lastGood: setting(LAST_GOOD),
  run: setting(anyFunction()),
  operation: setting(name()),
  on: setting(anyThat<unknown>(isArray, 'must be an array of kinds of failure and stop reasons')),
});

const CHAIN: Part<Omit<FallbackChain<unknown>, 'operation'>> = part({
  steps: setting(anyThat<FallbackChain<unknown>['steps']>(isArray, 'must be an array of steps')),
  deadlineShare: setting(numberWithin({ min: 0, max: 0.9 }), {
    description: 'The share of the deadline that is kept for the fallback.',
    advice: 'Write a share: 0.2 keeps a fifth of the deadline.',
  }),
});

const MUST_BE = 'must be a step, an array of steps, or { steps }';
const MUST_HOLD = 'must hold one of value, lastGood, run, operation';
const ADVICE = "Write a step, such as { value: 'Please try again later.' }.";

/** Copies a fallback, reading every field once: see {@link readOnce}. Its values are left as they are. */
export function readFallback<F>(path: string, given: F): F;
export function readFallback(path: string, given: unknown): unknown {
  if (isArray(given))
    return readOrRefuse(path, given, () => given.map((step, index) => readStep(`${path}[${index}]`, step)));
  return readOnce(path, given, (own) => {
    if (!isReadableRecord(own)) return own;
    const { steps } = own;
    return steps === undefined ? readParts(path, own) : { ...own, steps: readSteps(`${path}.steps`, steps) };
  });
}

function readSteps(path: string, steps: unknown): unknown {
  if (!isArray(steps)) return steps;
  return readOrRefuse(path, steps, () => steps.map((step, index) => readStep(`${path}[${index}]`, step)));
}

function readStep(path: string, step: unknown): unknown {
  return readOnce(path, step, (own) => (isReadableRecord(own) ? readParts(path, own) : own));
}

function readParts(path: string, step: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { lastGood, on } = step;
  if (lastGood === undefined && on === undefined) return step;
  return {
    ...step,
    ...(lastGood !== undefined && { lastGood: readOnce(`${path}.lastGood`, lastGood) }),
    ...(isArray(on) && { on: readOrRefuse(`${path}.on`, on, () => [...on]) }),
  };
}

/** Checks the fallback that a user gives, after it was read. */
export function checkFallback(check: Check, path: string, given: unknown): void {
  if (isArray(given)) checkSteps(check, path, given);
  else if (isReadableRecord(given) && given['steps'] !== undefined) {
    if (check.settings(path, given, CHAIN) && isArray(given['steps']))
      checkSteps(check, `${path}.steps`, given['steps']);
  } else if (typeof given === 'function' || isReadableRecord(given)) checkStep(check, path, given);
  else check.addIssue(path, MUST_BE, given, ADVICE);
}

function checkSteps(check: Check, path: string, steps: readonly unknown[]): void {
  if (steps.length === 0) check.addIssue(path, 'must hold at least one step', steps, ADVICE);
  for (const [index, step] of steps.entries()) checkStep(check, `${path}[${index}]`, step);
}

function checkStep(check: Check, path: string, step: unknown): void {
  if (typeof step === 'function') return;
  if (!isReadableRecord(step)) {
    check.addIssue(path, 'must be a function, or a plain object', step, ADVICE);
    return;
  }
  if (!check.settings(path, step, STEP)) return;
  const { lastGood, run, operation, on } = step;
  // An operation may have a `run` of its own.
  const runs = operation !== undefined || run !== undefined;
  const others = (lastGood === undefined ? 0 : 1) + (runs ? 1 : 0);
  // A fixed value may be `undefined`, if the step does nothing else.
  const hasValue = 'value' in step && (step['value'] !== undefined || others === 0);
  const count = others + (hasValue ? 1 : 0);
  if (count !== 1) check.addIssue(path, MUST_HOLD, step, count === 0 ? ADVICE : 'Write a step for each.');
  if (isArray(on)) checkConditions(check, `${path}.on`, on);
}

function checkConditions(check: Check, path: string, on: readonly unknown[]): void {
  if (on.length === 0)
    check.addIssue(path, 'must hold at least one condition', on, 'Leave it out to answer all failures.');
  for (const [index, each] of on.entries()) {
    if (typeof each === 'string' && Object.hasOwn(CONDITIONS, each)) continue;
    check.addIssue(`${path}[${index}]`, `must be one of ${NAMES.join(', ')}`, each, didYouMean(each, NAMES));
  }
}
