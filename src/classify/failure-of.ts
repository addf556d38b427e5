import type { Failure, FailureKind, HintSource } from '../pipeline/index.js';
import { wallMs } from '../runtime/index.js';
import type { Chain } from './chain.js';
import type { AnswerHeaders } from './headers.js';
import { USUAL } from './kinds.js';
import { firstOf, type Link } from './link.js';
import { requestIdOf } from './request-id.js';
import { isBelievable, readHint } from './retry-after.js';
import type { Judgement } from './rule.js';
import type { Verdict } from './verdict.js';

/** A failure while it is put together. */
type Draft = { -readonly [K in keyof Failure]: Failure[K] };

/** Puts together what is told of an error. */
export function failureOf(chain: Chain, judgement: Judgement | undefined): Failure {
  const verdict = chain.judge();
  const { kind, retry, breaker, failover } = usualOf(verdict, judgement);
  const draft: Draft = { kind, retry, breaker, failover };
  // What the error that decided does not tell, another one may: a refused connection knows nothing of the SDK around it.
  const links = chain.links.length > 1 ? [verdict.link, ...chain.trunk] : chain.links;
  describe(draft, verdict, links);
  const answer = links.find(({ headers }) => headers !== undefined) ?? verdict.link;
  addHint(draft, verdict.link, answer.headers);
  if (verdict.unexecuted || isRefused(draft, verdict.link)) draft.unexecuted = true;
  if (answer.headers !== undefined) obey(draft, answer.headers.get('x-should-retry'));
  if (judgement !== undefined) overlay(draft, judgement);
  return draft;
}

function usualOf({ own, kind }: Verdict, judgement: Judgement | undefined): Failure {
  return judgement === undefined ? (own ?? USUAL[kind]) : USUAL[judgement.kind];
}

function describe(draft: Draft, { word }: Verdict, links: readonly Link[]): void {
  const status = firstOf(links, (link) => link.status);
  const code = firstOf(links, (link) => codeOf(link, word));
  const provider = firstOf(links, ({ origin }) => origin.provider);
  const requestId = firstOf(links, requestIdOf);
  if (status !== undefined) draft.status = status;
  if (code !== undefined) draft.code = code;
  if (provider !== undefined) draft.provider = provider;
  if (requestId !== undefined) draft.requestId = requestId;
}

/** The word that decided, or else what stands where codes stand. The AWS SDK gives them as names. */
function codeOf({ found: { codes, types }, name }: Link, word: string | undefined): string | undefined {
  if (word !== undefined && (codes.includes(word) || types.includes(word))) return word;
  return codes[0] ?? types[0] ?? (name.endsWith('Exception') ? name : undefined);
}

function addHint(draft: Draft, link: Link, headers: AnswerHeaders | undefined): void {
  const { retryAfterMs } = link.sight;
  if (typeof retryAfterMs === 'number' && isBelievable(retryAfterMs)) {
    setHint(draft, retryAfterMs, 'error');
    return;
  }
  if (POINTLESS.has(draft.kind)) return;
  const { found, answerStatus } = link;
  const texts = SPOKEN.has(draft.kind) ? found.texts : undefined;
  const { retryDelay } = found;
  if (headers === undefined && texts === undefined && retryDelay === undefined) return;
  const limited = draft.kind === 'rate_limited' && answerStatus !== undefined && answerStatus >= 400;
  const hint = readHint({ headers, retryDelay, texts, limited }, wallMs);
  if (hint === undefined) return;
  setHint(draft, hint.ms, hint.source);
  if (hint.isUpperBound) draft.hintIsUpperBound = true;
}

function setHint(draft: Draft, ms: number, source: HintSource): void {
  draft.retryAfterMs = ms;
  draft.hintSource = source;
}

/** Whether the callee turned the request away unread: it answered so, and named a time to come again. */
function isRefused({ retryAfterMs, hintSource }: Draft, { answerStatus }: Link): boolean {
  if (retryAfterMs === undefined) return false;
  return answerStatus === 429 || (answerStatus === 503 && hintSource !== 'message');
}

/** What the callee says of trying again counts, except where nobody should. */
function obey(draft: Draft, shouldRetry: string | undefined): void {
  if (shouldRetry === undefined || draft.kind === 'quota_exhausted' || draft.kind === 'cancelled') return;
  if (shouldRetry === 'false') draft.retry = 'never';
  if (shouldRetry !== 'true') return;
  if (draft.retry === 'never') draft.retry = 'backoff';
  draft.unexecuted = true;
}

function overlay(draft: Draft, { retry, breaker, failover, retryAfterMs }: Judgement): void {
  if (retry !== undefined) draft.retry = retry;
  if (breaker !== undefined) draft.breaker = breaker;
  if (failover !== undefined) draft.failover = failover;
  if (retryAfterMs === undefined) return;
  setHint(draft, retryAfterMs, 'rule');
  delete draft.hintIsUpperBound;
}

/** The kinds whose texts may ask for a wait. */
const SPOKEN: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'rate_limited',
  'overloaded',
  'quota_exhausted',
  'server_error',
]);

/** The kinds that no waiting heals: what they may say of it is not looked for. */
const POINTLESS: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'cancelled',
  'context_length',
  'content_policy',
  'auth',
  'not_found',
  'invalid_request',
]);
