import { half, html, type Provider, type Script } from '../../../src/testing/index.js';

/** Something that may happen between an SDK and a provider. */
export interface Situation {
  readonly script: Script;
  readonly asks: 'chat' | 'stream';
  /** The SDK's own timeout, if the situation is about it. */
  readonly timeoutMs?: number;
  /** The URL to call instead of the server's. */
  readonly url?: string;
  /** The server is down. */
  readonly refuses?: true;
  /** When the caller's own signal aborts, and why. */
  readonly aborts?: { readonly when: 'asked' | 'answering' | 'streaming'; readonly reason: unknown };
}

/**
 * Longer than a busy machine delays a process. The SDK's timeout starts before its request, and a delayed process runs its
 * timers before it reads, so with a shorter one the timeout would fire before the headers of the response are read.
 */
export const SHORT_MS = 500;

/** An SDK that is still silent this long after its request ignores that timeout. */
export const PATIENCE_MS = 1.5 * SHORT_MS;

const timedOut = () => new DOMException('The operation took too long', 'TimeoutError');
const aborted = () => new DOMException('This operation was aborted', 'AbortError');

/** Builds every failure that is not a provider's error response, by name. */
export function buildSituations({ answer, stream }: Provider) {
  const [slow, slowStream] = [half(answer, 'stall'), half(stream, 'stall')];
  return {
    'a refused connection': { script: answer, asks: 'chat', refuses: true },
    'a host name unknown to DNS': { script: answer, asks: 'chat', url: 'http://holdfast.invalid' },
    'a reset connection': { script: 'reset', asks: 'chat' },
    'a connection closed without a response': { script: 'hang_up', asks: 'chat' },
    "a missing response, by the SDK's timeout": { script: 'silence', asks: 'chat', timeoutMs: SHORT_MS },
    'a truncated body': { script: half(answer, 'cut'), asks: 'chat' },
    'a truncated stream': { script: half(stream, 'cut'), asks: 'stream' },
    'a stream without its last event': {
      script: { ...half(stream, 'cut'), ending: 'complete' },
      asks: 'stream',
    },
    "a stalled body, by the SDK's timeout": { script: slow, asks: 'chat', timeoutMs: SHORT_MS },
    "a stalled stream, by the SDK's timeout": { script: slowStream, asks: 'stream', timeoutMs: SHORT_MS },
    "a stalled body, by the caller's timeout": {
      script: slow,
      asks: 'chat',
      aborts: { when: 'answering', reason: timedOut() },
    },
    "a stalled stream, by the caller's timeout": {
      script: slowStream,
      asks: 'stream',
      aborts: { when: 'streaming', reason: timedOut() },
    },
    'an HTML page instead of JSON': { script: html(200, 'Welcome'), asks: 'chat' },
    'an HTML page instead of a stream': { script: html(200, 'Welcome'), asks: 'stream' },
    'broken JSON': { script: { ...answer, body: '{"id": "x", "ch' }, asks: 'chat' },
    'an abort before the response': {
      script: 'silence',
      asks: 'chat',
      aborts: { when: 'asked', reason: aborted() },
    },
    'an abort before the response, with a custom reason': {
      script: 'silence',
      asks: 'chat',
      aborts: { when: 'asked', reason: new Error('the user closed the tab') },
    },
    'an abort in the body': { script: slow, asks: 'chat', aborts: { when: 'answering', reason: aborted() } },
    'an abort in the body, with a custom reason': {
      script: slow,
      asks: 'chat',
      aborts: { when: 'answering', reason: new Error('the user closed the tab') },
    },
    'an abort in the stream': {
      script: slowStream,
      asks: 'stream',
      aborts: { when: 'streaming', reason: aborted() },
    },
    'an abort in the stream, with a custom reason': {
      script: slowStream,
      asks: 'stream',
      aborts: { when: 'streaming', reason: new Error('the user closed the tab') },
    },
  } as const satisfies Record<string, Situation>;
}

/** The names of the situations. */
export type SituationName = keyof ReturnType<typeof buildSituations>;
