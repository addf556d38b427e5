import type { FailureKind, StopReason } from '../../../src/entry/root.js';
import { type Answer, half, html, json, type Provider, type Script } from '../../../src/testing/index.js';

/** What a server does, and how a protected call must end. */
export interface Fault {
  readonly name: string;
  /** The reactions of the server; `refused`: it accepts no connection. */
  readonly script: (provider: Provider, form: Form, inStream: string) => Script | 'refused';
  /** Whether the server falls silent, so that the limits of time are short. */
  readonly stalls?: boolean;
  /** How a call ends, in each form. */
  readonly ends: Ends | Readonly<Record<Form, Ends>>;
}

export type Form = 'plain' | 'stream';

/** `answer`: with the whole answer, or else with a failure of that kind. */
export interface Ends {
  readonly as: 'answer' | FailureKind;
  /** How many requests there are; two numbers: at least and at most, where bytes that come together are read together. */
  readonly requests: number | readonly [number, number];
  readonly stopReason?: StopReason;
}

const ANSWERED_AT_ONCE: Ends = { as: 'answer', requests: 1 };
const ANSWERED_NEXT: Ends = { as: 'answer', requests: 2 };

/** No attempt helps: the first one is the last. */
const final = (as: FailureKind): Ends => ({ as, requests: 1, stopReason: 'not_retryable' });
/** All three attempts fail. */
const exhausted = (as: FailureKind): Ends => ({ as, requests: 3, stopReason: 'attempts_exhausted' });
const answerOf = (provider: Provider, form: Form): Answer => (form === 'plain' ? provider.answer : provider.stream);
const always =
  (change: (answer: Answer) => Answer | 'reset' | 'hang_up' | 'silence') => (provider: Provider, form: Form) =>
    change(answerOf(provider, form));
const once =
  (change: (answer: Answer) => Answer | 'reset' | 'hang_up' | 'silence') => (provider: Provider, form: Form) => [
    change(answerOf(provider, form)),
    answerOf(provider, form),
  ];
const status = (condition: keyof Provider['errors']) => (provider: Provider) => provider.errors[condition];
const limited = (headers: Record<string, string>) => () =>
  json(429, { error: { message: 'Too many requests' } }, headers);
/** As some providers have content in the first event, nothing at all is sent before that. */
const beginning = (answer: Answer): Answer => ({ ...answer, body: '' });
const doubled = (answer: Answer): Answer => {
  const { body } = answer;
  return Array.isArray(body)
    ? {
        ...answer,
        body: body.flatMap((piece: string | Uint8Array, at) =>
          at === 1 && typeof piece === 'string' ? [piece, ': again\n\n'] : [piece],
        ),
      }
    : answer;
};

export const FAULTS: readonly Fault[] = [
  {
    name: 'a refused connection',
    script: () => 'refused',
    ends: { as: 'network', requests: 0, stopReason: 'attempts_exhausted' },
  },
  { name: 'a reset before the headers', script: always(() => 'reset'), ends: exhausted('network') },
  { name: 'one reset before the headers', script: once(() => 'reset'), ends: ANSWERED_NEXT },
  { name: 'a connection closed before the headers', script: always(() => 'hang_up'), ends: exhausted('network') },
  {
    name: 'a connection closed in the body',
    script: always((answer) => half(answer, 'cut')),
    ends: { plain: exhausted('network'), stream: { as: 'network', requests: 1 } },
  },
  {
    name: 'one connection closed before any content',
    script: once((answer) => ({ ...beginning(answer), ending: 'cut' })),
    ends: ANSWERED_NEXT,
  },
  { name: 'a connection closed in the headers', script: () => 'cut_head', ends: exhausted('network') },
  { name: 'silence before the headers', stalls: true, script: always(() => 'silence'), ends: exhausted('timeout') },
  { name: 'one silence before the headers', stalls: true, script: once(() => 'silence'), ends: ANSWERED_NEXT },
  {
    name: 'silence after the headers',
    stalls: true,
    script: always((answer) => ({ ...answer, body: '', ending: 'stall' })),
    ends: exhausted('timeout'),
  },
  {
    name: 'silence in the middle',
    stalls: true,
    script: always((answer) => half(answer, 'stall')),
    ends: { plain: exhausted('timeout'), stream: { as: 'timeout', requests: 1 } },
  },
  {
    name: 'a slow drip',
    script: always((answer) => ({ ...answer, headAfterMs: 10, pieceAfterMs: 10 })),
    ends: ANSWERED_AT_ONCE,
  },
  {
    name: 'an answer that ends too early',
    script: always((answer) => half(answer, 'complete')),
    ends: { plain: exhausted('server_error'), stream: { as: 'network', requests: 1 } },
  },
  {
    name: 'one answer that ends before any content',
    script: once(beginning),
    ends: ANSWERED_NEXT,
  },
  {
    name: 'a failure within the answer',
    script: (provider, form, inStream) => {
      const errors: Readonly<Record<string, Answer>> = provider.errors;
      return form === 'stream'
        ? { ...(errors[inStream] ?? provider.stream), pieceAfterMs: 20 }
        : json(200, { error: { code: 'server_error', message: 'It failed' } });
    },
    ends: { plain: exhausted('server_error'), stream: { as: 'server_error', requests: [1, 3] } },
  },
  { name: 'events that mean nothing in between', script: always(doubled), ends: ANSWERED_AT_ONCE },
  {
    name: 'a page of HTML instead of an answer',
    script: () => html(200, 'Sign in'),
    ends: exhausted('server_error'),
  },
  {
    name: 'one page of HTML instead of an answer',
    script: once(() => html(200, 'Sign in')),
    ends: ANSWERED_NEXT,
  },
  {
    name: 'broken JSON',
    script: () => ({ ...json(200, {}), body: '{"id": "1", "choices": [' }),
    ends: exhausted('server_error'),
  },
  { name: 'status 400 for too much context', script: status('context_length'), ends: final('context_length') },
  { name: 'status 401', script: status('auth'), ends: final('auth') },
  { name: 'status 403', script: status('forbidden'), ends: final('auth') },
  { name: 'status 404', script: status('not_found'), ends: final('not_found') },
  { name: 'status 408', script: status('request_timeout'), ends: exhausted('timeout') },
  { name: 'status 409', script: status('conflict'), ends: exhausted('server_error') },
  { name: 'status 413', script: status('too_large'), ends: final('invalid_request') },
  { name: 'status 422', script: status('unprocessable'), ends: final('invalid_request') },
  {
    name: 'one status 429 with a short hint',
    script: (provider, form) => [limited({ 'retry-after-ms': '20', 'retry-after': '1' })(), answerOf(provider, form)],
    ends: ANSWERED_NEXT,
  },
  {
    name: 'status 429 with a long hint',
    script: limited({ 'retry-after': '600' }),
    ends: { as: 'rate_limited', requests: 1 },
  },
  { name: 'status 429 without a hint', script: limited({}), ends: exhausted('rate_limited') },
  { name: 'status 429 for a used-up quota', script: status('quota_exhausted'), ends: final('quota_exhausted') },
  { name: 'status 500', script: status('server_error'), ends: exhausted('server_error') },
  {
    name: 'one status 500',
    script: (provider, form) => [provider.errors.server_error, answerOf(provider, form)],
    ends: ANSWERED_NEXT,
  },
  { name: 'status 502 with a page of HTML', script: status('bad_gateway'), ends: exhausted('server_error') },
  { name: 'status 503', script: status('unavailable'), ends: exhausted('overloaded') },
  { name: 'status 504', script: status('gateway_timeout'), ends: exhausted('timeout') },
  { name: 'status 529', script: status('overloaded'), ends: exhausted('overloaded') },
];
