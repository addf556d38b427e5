import type { Failure, FailureKind, HintSource } from '../pipeline/index.js';
import { roundUpMs, wallMs } from '../runtime/index.js';
import { type ChainedError, findFirst } from './chained-error.js';
import type { ErrorChain } from './error-chain.js';
import { isCode } from './findings.js';
import { isBelievable, readHint } from './hint.js';
import { FAILURE_DEFAULTS } from './kinds.js';
import type { ResponseHeaders } from './response.js';
import type { RuleResult } from './rule.js';
import type { Verdict } from './verdict.js';

/** The kinds whose texts may ask for a wait. */
const KINDS_WITH_TEXT_HINTS: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rate_limited',
  'overloaded',
  'quota_exhausted',
  'server_error',
]);

/** The kinds for which waiting does not help, so no hint is looked for. */
const KINDS_WITHOUT_HINTS: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'cancelled',
  'context_length',
  'content_policy',
  'auth',
  'not_found',
  'invalid_request',
]);

/** A failure under construction. */
type Draft = { -readonly [K in keyof Failure]: Failure[K] };

/** Builds the failure of a chain of errors, frozen since listeners receive it. The result of a rule takes precedence. */
export function buildFailure(chain: ErrorChain, result: RuleResult | undefined): Failure {
  const verdict = chain.decide();
  const { kind, retry, breaker, failover } = selectDefaults(verdict, result);
  const draft: Draft = { kind, retry, breaker, failover };
  // Another error may have fields that the deciding one lacks: a refused connection does not name the SDK around it.
  const errors = chain.errors.length > 1 ? [verdict.error, ...chain.sameRequest] : chain.errors;
  addDetails(draft, verdict, errors);
  const { headers } = errors.find((error) => error.headers !== undefined) ?? verdict.error;
  addHint(draft, verdict.error, headers);
  if (verdict.unexecuted || isRejectedWithHint(draft, verdict.error)) draft.unexecuted = true;
  if (headers !== undefined) applyShouldRetryHeader(draft, headers.get('x-should-retry'));
  if (result !== undefined) applyRuleResult(draft, result);
  return Object.freeze(draft);
}

function selectDefaults({ failure, kind }: Verdict, result: RuleResult | undefined): Failure {
  return result === undefined ? (failure ?? FAILURE_DEFAULTS[kind]) : FAILURE_DEFAULTS[result.kind];
}

function addDetails(draft: Draft, verdict: Verdict, errors: readonly ChainedError[]): void {
  const status = findFirst(errors, (error) => error.status);
  const code = findFirst(errors, (error) => findCode(error, verdict.code));
  const provider = findFirst(errors, ({ origin }) => origin.provider);
  const requestId = findFirst(errors, (error) => error.requestId);
  if (status !== undefined) draft.status = status;
  if (code !== undefined) draft.code = code;
  if (provider !== undefined) draft.provider = provider;
  if (requestId !== undefined) draft.requestId = requestId;
}

/** Finds the code that decided, or else the first code or type. The AWS SDK gives its codes as names. */
function findCode(
  { findings: { codes, types }, name }: ChainedError,
  decisive: string | undefined,
): string | undefined {
  if (decisive !== undefined && (codes.includes(decisive) || types.includes(decisive))) return decisive;
  return codes[0] ?? types[0] ?? (name.endsWith('Exception') && isCode(name) ? name : undefined);
}

function addHint(draft: Draft, error: ChainedError, headers: ResponseHeaders | undefined): void {
  const { retryAfterMs } = error.fields;
  if (typeof retryAfterMs === 'number' && isBelievable(retryAfterMs)) {
    setHint(draft, retryAfterMs, 'error');
    return;
  }
  if (KINDS_WITHOUT_HINTS.has(draft.kind)) return;
  const { findings, responseStatus } = error;
  const texts = KINDS_WITH_TEXT_HINTS.has(draft.kind) ? findings.texts : undefined;
  const { retryDelay } = findings;
  if (headers === undefined && texts === undefined && retryDelay === undefined) return;
  const limited = draft.kind === 'rate_limited' && responseStatus !== undefined && responseStatus >= 400;
  const hint = readHint({ headers, retryDelay, texts, limited }, wallMs);
  if (hint === undefined) return;
  setHint(draft, hint.ms, hint.source);
  if (hint.isUpperBound) draft.hintIsUpperBound = true;
}

function setHint(draft: Draft, ms: number, source: HintSource): void {
  draft.retryAfterMs = roundUpMs(ms);
  draft.hintSource = source;
}

/** True if the provider rejected the request unread: its status says so, and it named a time to retry. */
function isRejectedWithHint({ retryAfterMs, hintSource }: Draft, { responseStatus }: ChainedError): boolean {
  if (retryAfterMs === undefined) return false;
  return responseStatus === 429 || (responseStatus === 503 && hintSource !== 'message');
}

/** Applies the provider's advice, except for an exhausted quota or a cancelled call, which must not be retried. */
function applyShouldRetryHeader(draft: Draft, shouldRetry: string | undefined): void {
  if (shouldRetry === undefined || draft.kind === 'quota_exhausted' || draft.kind === 'cancelled') return;
  if (shouldRetry === 'false') draft.retry = 'never';
  if (shouldRetry !== 'true') return;
  if (draft.retry === 'never') draft.retry = 'backoff';
  draft.unexecuted = true;
}

function applyRuleResult(draft: Draft, { retry, breaker, failover, retryAfterMs }: RuleResult): void {
  if (retry !== undefined) draft.retry = retry;
  if (retry === 'never') draft.retryForbidden = true;
  if (breaker !== undefined) draft.breaker = breaker;
  if (failover !== undefined) draft.failover = failover;
  if (retryAfterMs === undefined) return;
  setHint(draft, retryAfterMs, 'rule');
  delete draft.hintIsUpperBound;
}
