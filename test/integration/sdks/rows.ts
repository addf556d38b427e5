import type { Failure } from 'holdfast';
import { describe, expect, it } from 'vitest';
import type { Answer, Provider } from '../../../src/testing/index.js';
import type { Client } from './client.js';
import { type Outcome, provoke } from './provoke.js';
import { PATIENCE_MS, type Situation, type SituationName, situations } from './situations.js';

/** What a failure is to be; what is left out of the first five fields must be absent. */
export type Expected = Pick<Failure, 'kind'> & Partial<Failure>;

/** What an SDK makes of each situation: a failure; a value, as if nothing had happened; or nothing at all. */
export type SituationRows = Readonly<Record<SituationName, Met | 'resolves' | 'hangs'>>;

/** A failure, and what the error `alone` is read as, without the caller's signal, where that is something else. */
export type Met = Expected & { readonly alone?: Expected };

/** What each answer of a provider that is none is taken for. */
export type AnswerRows<Name extends string> = Readonly<Record<Name, Expected>>;

/** The provider's number of the request, where the SDK lets it through: of an answer, and of an error in a stream. */
export interface RequestIds {
  readonly answered?: string;
  readonly streamed?: string;
}

/** Tests what an SDK makes of everything that a network, a proxy or the caller can do to it. */
export function itMeetsEverySituation(client: Client, provider: Provider, rows: SituationRows): void {
  const all: Readonly<Record<SituationName, Situation>> = situations(provider);
  describe('meets on its way', () => {
    it.each(entries(rows))('%s', async (name, expected) => {
      const outcome = await provoke(client, all[name], expected === 'hangs' ? PATIENCE_MS : undefined);
      expect(outcome.requests).toBe(all[name].refuses === true || all[name].url !== undefined ? 0 : 1);
      if (expected === 'hangs') expect(outcome.how).toBe('hung');
      else if (expected === 'resolves') expect(outcome.how).toBe('resolved');
      else expectBothReadings(outcome, expected, all[name].aborts?.reason);
    });
  });
}

/** Tests what each answer of a provider that is none is taken for, when an SDK has made an error of it. */
export function itReadsEveryAnswer<Name extends string>(
  client: Client,
  answers: Readonly<Record<Name, Answer>>,
  rows: AnswerRows<Name>,
  requestId: RequestIds = {},
): void {
  const all = entries(rows).map(([name, expected]) => ({ name, expected, answer: answers[name] }));
  describe('is answered', () => {
    it.each(all)('$answer.status $name, which is $expected.kind', async ({ name, expected, answer }) => {
      const inStream = name.startsWith('stream_');
      const outcome = await provoke(client, { script: answer, asks: inStream ? 'stream' : 'chat' });
      expect(outcome.requests).toBe(1);
      const { status } = answer;
      const id = inStream ? requestId.streamed : requestId.answered;
      expectFailure(outcome, {
        ...(inStream || status === undefined ? {} : { status }),
        ...(id === undefined ? {} : { requestId: id }),
        ...expected,
      });
    });
  });
}

/** Tests that nothing is wrong with the SDK when nothing is wrong with the provider. */
export function itUnderstandsGoodAnswers(client: Client, { answer, stream }: Provider): void {
  it('understands a good answer', async () => {
    const outcome = await provoke(client, { script: answer, asks: 'chat' });
    expect(outcome).toMatchObject({ how: 'resolved', requests: 1 });
    expect(JSON.stringify(outcome)).toContain('Hello');
  });

  it('understands a good stream', async () => {
    const outcome = await provoke(client, { script: stream, asks: 'stream' });
    expect(outcome).toMatchObject({ how: 'resolved', requests: 1 });
    expect(JSON.stringify(outcome)).toMatch(/Hel".*"lo"/);
  });
}

/** The caller's signal answers for any error whatsoever: only the reading of the error alone tells that it was looked at. */
function expectBothReadings(outcome: Outcome, { alone, ...known }: Met, reason: unknown): void {
  expectFailure(outcome, known);
  expectFailure(outcome, alone ?? known, 'alone');
  // Any error is unknown. That this one is the SDK's can be told by the caller's reason in it.
  if (alone?.kind === 'unknown') expect(outcome.how === 'failed' && chain(outcome.error)).toContain(reason);
}

function expectFailure(outcome: Outcome, expected: Expected, reading: 'failure' | 'alone' = 'failure'): void {
  const failure = outcome.how === 'failed' ? outcome[reading] : undefined;
  expect(failure === undefined ? outcome : told(failure)).toEqual(told(expected));
  expect(failure).toMatchObject(expected);
}

/** An error and everything behind it. */
function chain(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [error];
}

function told({ kind, status, code, requestId, retryAfterMs }: Expected): object {
  return { kind, status, code, requestId, retryAfterMs };
}

function entries<Name extends string, Value>(rows: Readonly<Record<Name, Value>>): [Name, Value][] {
  const names = Object.keys(rows).filter((name): name is Name => name in rows);
  return names.map((name) => [name, rows[name]]);
}
