import { half, html, type Provider, type Script } from '../../../src/testing/index.js';

/** What may happen on the way between an SDK and a provider. */
export interface Situation {
  readonly script: Script;
  readonly asks: 'chat' | 'stream';
  /** The SDK's own timeout, when it is to matter. */
  readonly timeoutMs?: number;
  /** Where to ask instead of the server. */
  readonly url?: string;
  /** The server is down. */
  readonly refuses?: true;
  /** When the caller's own signal aborts, and why. */
  readonly aborts?: { readonly when: 'asked' | 'answering' | 'streaming'; readonly reason: unknown };
}

/**
 * Longer than a busy machine holds a process up. The SDK's clock starts before it asks, and a process that was held up hears
 * of its clocks before it reads: what is to happen after the head of the answer would happen before it.
 */
export const SHORT_MS = 500;

/** Whoever has said nothing so long after its request does not go by that timeout. */
export const PATIENCE_MS = 1.5 * SHORT_MS;

const timedOut = () => new DOMException('The operation took too long', 'TimeoutError');
const noLongerWanted = () => new DOMException('This operation was aborted', 'AbortError');

/** Everything that goes wrong without the provider saying so, by what it is. */
export function situations({ answer, stream }: Provider) {
  const [slow, slowStream] = [half(answer, 'stall'), half(stream, 'stall')];
  return {
    'a refused connection': { script: answer, asks: 'chat', refuses: true },
    'a name that no DNS knows': { script: answer, asks: 'chat', url: 'http://holdfast.invalid' },
    'a connection that is reset': { script: 'reset', asks: 'chat' },
    'a connection that is closed instead of an answer': { script: 'hang_up', asks: 'chat' },
    "an answer that never comes, by the SDK's timeout": { script: 'silence', asks: 'chat', timeoutMs: SHORT_MS },
    'a body that is cut': { script: half(answer, 'cut'), asks: 'chat' },
    'a stream that is cut': { script: half(stream, 'cut'), asks: 'stream' },
    'a stream that ends before its last event': {
      script: { ...half(stream, 'cut'), ending: 'complete' },
      asks: 'stream',
    },
    "a body that stalls, by the SDK's timeout": { script: slow, asks: 'chat', timeoutMs: SHORT_MS },
    "a stream that stalls, by the SDK's timeout": { script: slowStream, asks: 'stream', timeoutMs: SHORT_MS },
    "a body that stalls, by a timeout of the caller's": {
      script: slow,
      asks: 'chat',
      aborts: { when: 'answering', reason: timedOut() },
    },
    "a stream that stalls, by a timeout of the caller's": {
      script: slowStream,
      asks: 'stream',
      aborts: { when: 'streaming', reason: timedOut() },
    },
    'a page instead of JSON': { script: html(200, 'Welcome'), asks: 'chat' },
    'a page instead of a stream': { script: html(200, 'Welcome'), asks: 'stream' },
    'JSON that is broken': { script: { ...answer, body: '{"id": "x", "ch' }, asks: 'chat' },
    'an abort before the answer': {
      script: 'silence',
      asks: 'chat',
      aborts: { when: 'asked', reason: noLongerWanted() },
    },
    'an abort before the answer, for a reason of its own': {
      script: 'silence',
      asks: 'chat',
      aborts: { when: 'asked', reason: new Error('the user closed the tab') },
    },
    'an abort in the body': { script: slow, asks: 'chat', aborts: { when: 'answering', reason: noLongerWanted() } },
    'an abort in the body, for a reason of its own': {
      script: slow,
      asks: 'chat',
      aborts: { when: 'answering', reason: new Error('the user closed the tab') },
    },
    'an abort in the stream': {
      script: slowStream,
      asks: 'stream',
      aborts: { when: 'streaming', reason: noLongerWanted() },
    },
    'an abort in the stream, for a reason of its own': {
      script: slowStream,
      asks: 'stream',
      aborts: { when: 'streaming', reason: new Error('the user closed the tab') },
    },
  } as const satisfies Record<string, Situation>;
}

/** The names of the situations. */
export type SituationName = keyof ReturnType<typeof situations>;
