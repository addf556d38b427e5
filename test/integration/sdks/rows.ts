import type { Failure } from 'holdfast';
import { describe, expect, it } from 'vitest';
import type { Answer, Provider } from '../../../src/testing/index.js';
import type { Client } from './client.js';
import { type Outcome, provoke } from './provoke.js';
import { buildSituations, PATIENCE_MS, type Situation, type SituationName } from './situations.js';

/** The expected failure. `status`, `code`, `requestId` and `retryAfterMs` must be absent if they are left out. */
export type Expected = Pick<Failure, 'kind'> & Partial<Failure>;

/** How a call to an SDK ends in each situation: with a failure, with a value as if nothing had happened, or not at all. */
export type SituationRows = Readonly<Record<SituationName, ExpectedFailure | 'resolves' | 'hangs'>>;

/** The expected failure, and in `alone` the one without the caller's signal if it differs. */
export type ExpectedFailure = Expected & { readonly alone?: Expected };

/** The expected failure of each error response of a provider. */
export type ErrorResponseRows<Name extends string> = Readonly<Record<Name, Expected>>;

/** The request IDs that an SDK passes on: from a response, and from an error in a stream. */
export interface RequestIds {
  readonly answered?: string;
  readonly streamed?: string;
}

/** Tests how an SDK ends in every situation that a network, a proxy or the caller can cause. */
export function itClassifiesEverySituation(client: Client, provider: Provider, rows: SituationRows): void {
  const all: Readonly<Record<SituationName, Situation>> = buildSituations(provider);
  describe('without an error response', () => {
    const cases = entries(rows).map(([name, expected]) => [name, describeEnd(expected), expected] as const);
    it.each(cases)('%s %s', async (name, _end, expected) => {
      const outcome = await provoke(client, all[name], expected === 'hangs' ? PATIENCE_MS : undefined);
      expect(outcome.requests).toBe(all[name].refuses === true || all[name].url !== undefined ? 0 : 1);
      if (expected === 'hangs') expect(outcome.how).toBe('hung');
      else if (expected === 'resolves') expect(outcome.how).toBe('resolved');
      else expectBothReadings(outcome, expected, all[name].aborts?.reason);
    });
  });
}

/** Tests how the errors that an SDK creates from a provider's error responses are classified. */
export function itClassifiesEveryErrorResponse<Name extends string>(
  client: Client,
  answers: Readonly<Record<Name, Answer>>,
  rows: ErrorResponseRows<Name>,
  requestId: RequestIds = {},
): void {
  const all = entries(rows).map(([name, expected]) => ({ name, expected, answer: answers[name] }));
  describe('with an error response', () => {
    it.each(all)(
      'the response $name ($answer.status) is classified as $expected.kind',
      async ({ name, expected, answer }) => {
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
      },
    );
  });
}

/** Tests that calls to an SDK succeed if the provider does. */
export function itResolvesWithSuccesses(client: Client, { answer, stream }: Provider): void {
  it('resolves for a successful response', async () => {
    const outcome = await provoke(client, { script: answer, asks: 'chat' });
    expect(outcome).toMatchObject({ how: 'resolved', requests: 1 });
    expect(JSON.stringify(outcome)).toContain('Hello');
  });

  it('resolves for a successful stream', async () => {
    const outcome = await provoke(client, { script: stream, asks: 'stream' });
    expect(outcome).toMatchObject({ how: 'resolved', requests: 1 });
    expect(JSON.stringify(outcome)).toMatch(/Hel".*"lo"/);
  });
}

/** The caller's signal decides for any error, so only classifying the error alone shows that it was understood. */
function expectBothReadings(outcome: Outcome, { alone, ...known }: ExpectedFailure, reason: unknown): void {
  expectFailure(outcome, known);
  expectFailure(outcome, alone ?? known, 'alone');
  // Any error may be unknown. The caller's reason in it proves that this one is the SDK's.
  if (alone?.kind === 'unknown') expect(outcome.how === 'failed' && listCauses(outcome.error)).toContain(reason);
}

function describeEnd(expected: ExpectedFailure | 'resolves' | 'hangs'): string {
  return typeof expected === 'string' ? expected : `is classified as ${expected.kind}`;
}

function expectFailure(outcome: Outcome, expected: Expected, reading: 'failure' | 'alone' = 'failure'): void {
  const failure = outcome.how === 'failed' ? outcome[reading] : undefined;
  expect(failure === undefined ? outcome : selectFields(failure)).toEqual(selectFields(expected));
  expect(failure).toMatchObject(expected);
}

/** Lists an error and all its causes. */
function listCauses(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...listCauses(error.cause)] : [error];
}

function selectFields({ kind, status, code, requestId, retryAfterMs }: Expected): object {
  return { kind, status, code, requestId, retryAfterMs };
}

function entries<Name extends string, Value>(rows: Readonly<Record<Name, Value>>): [Name, Value][] {
  const names = Object.keys(rows).filter((name): name is Name => name in rows);
  return names.map((name) => [name, rows[name]]);
}
