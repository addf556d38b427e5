import { type CallSettings, createResilience, type ExecuteOptions, type StopReason } from 'holdfast';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  anthropic,
  bedrock,
  type Condition,
  type FaultServer,
  google,
  openai,
  type Provider,
  type Script,
  startFaultServer,
} from '../../src/testing/index.js';
import { anthropicClient } from './sdks/anthropic.js';
import { bedrockClient } from './sdks/bedrock.js';
import type { Client } from './sdks/client.js';
import { googleClient } from './sdks/google.js';
import { openaiClient } from './sdks/openai.js';

/** Short enough for real time. The budget is off: each scenario is about something else. */
const QUICK = {
  deadlineMs: 5_000,
  attemptTimeoutMs: 250,
  retry: { minDelayMs: 1, maxDelayMs: 10, budget: false },
  quota: { exhaustedMs: 60_000, maxWaitMs: 0 },
} satisfies CallSettings;

interface Scenario {
  readonly what: string;
  readonly script: (provider: Provider<never>) => Script;
  readonly settings?: CallSettings;
  readonly options?: ExecuteOptions;
  /** What the server must have seen after three calls, one after the other. */
  readonly requests: number;
  readonly ends: readonly StopReason[];
}

const always = (condition: Condition) => (provider: Provider<never>) => provider.errors[condition];
const thrice = <T>(one: T): readonly T[] => [one, one, one];

const SCENARIOS: readonly Scenario[] = [
  { what: 'a provider that is well', script: ({ answer }) => answer, requests: 3, ends: thrice('success') },
  {
    what: 'one that fails every other time',
    script: ({ answer, errors }) => {
      let calls = 0;
      return () => (calls++ % 2 === 0 ? errors.server_error : answer);
    },
    requests: 6,
    ends: thrice('success'),
  },
  {
    what: 'one that is down, until the breaker opens at the fifth failure',
    script: always('server_error'),
    requests: 5,
    ends: ['attempts_exhausted', 'breaker_open', 'breaker_open'],
  },
  {
    what: 'one that resets every connection, without a breaker',
    script: () => 'reset',
    settings: { breaker: false },
    requests: 9,
    ends: thrice('attempts_exhausted'),
  },
  {
    what: 'one that never answers, so that every attempt is left alone',
    script: () => 'silence',
    settings: { breaker: false, attemptTimeoutMs: 60 },
    requests: 9,
    ends: thrice('attempts_exhausted'),
  },
  {
    what: 'one that never answers, under a deadline',
    script: () => 'silence',
    settings: { breaker: false, deadlineMs: 80 },
    requests: 3,
    ends: thrice('deadline'),
  },
  { what: 'a bad request', script: always('invalid_request'), requests: 3, ends: thrice('not_retryable') },
  { what: 'a wrong key', script: always('auth'), requests: 3, ends: thrice('not_retryable') },
  {
    what: 'a quota that is used up for good: one request, and the others are held',
    script: always('quota_exhausted'),
    requests: 1,
    ends: ['not_retryable', 'quota_held', 'quota_held'],
  },
  {
    what: 'an overloaded provider, asked for what must not run twice',
    script: always('server_error'),
    options: { idempotent: false },
    requests: 3,
    ends: thrice('not_retryable'),
  },
  {
    what: 'an overloaded provider, sent what cannot be sent again',
    script: always('server_error'),
    options: { replayable: false },
    requests: 3,
    ends: thrice('not_retryable'),
  },
];

interface Party {
  readonly name: string;
  readonly client: Client;
  readonly provider: Provider<never>;
}

const PARTIES: readonly Party[] = [
  { name: 'openai', client: openaiClient, provider: openai },
  { name: '@anthropic-ai/sdk', client: anthropicClient, provider: anthropic },
  { name: '@google/genai', client: googleClient, provider: google },
  { name: '@aws-sdk/client-bedrock-runtime', client: bedrockClient, provider: bedrock },
];

describe.each(PARTIES)(
  'the attempts that holdfast reports and the requests that a server receives, by $name,',
  ({ client, provider }) => {
    let server: FaultServer;
    const resilience = createResilience({ config: { defaults: QUICK } });

    beforeAll(async () => {
      server = await startFaultServer(provider.answer);
    });
    afterAll(async () => {
      await resilience.close();
      await server.close();
    });
    afterEach(() => server.play(provider.answer));

    it.each(SCENARIOS)('agree for $what', async ({ what, script, settings, options, requests, ends }) => {
      const before = server.requests.length;
      server.play(script(provider));
      const key = what;
      const reports = [];
      for (let call = 0; call < 3; call += 1) {
        const chat = ({ signal }: { signal: AbortSignal }) =>
          client.chat({ url: server.url, signal, timeoutMs: 4_000 });
        reports.push(await resilience.inspect('chat', chat, { ...options, key, ...(settings && { settings }) }));
      }
      const tried = reports.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome !== 'rejected').length;
      expect(reports.map(({ stopReason }) => stopReason)).toEqual(ends);
      expect(server.requests.length - before).toBe(requests);
      expect(tried).toBe(requests);
      expect(resilience.operation('chat').stats(key).attempts).toBe(requests);
    });

    it('agree when the budget allows exactly one retry', async () => {
      const budget = { ratio: 0, floorPerSecond: 0.001, burst: 1 };
      const thrifty = createResilience({ config: { defaults: { ...QUICK, retry: { ...QUICK.retry, budget } } } });
      const before = server.requests.length;
      server.play(provider.errors.server_error);
      const ask = ({ signal }: { signal: AbortSignal }) => client.chat({ url: server.url, signal, timeoutMs: 4_000 });
      const reports = [await thrifty.inspect('chat', ask), await thrifty.inspect('chat', ask)];
      expect(reports.map(({ stopReason, attempts }) => ({ stopReason, attempts: attempts.length }))).toEqual([
        { stopReason: 'retry_budget', attempts: 2 },
        { stopReason: 'retry_budget', attempts: 1 },
      ]);
      expect(server.requests.length - before).toBe(3);
      expect(thrifty.stats('chat')).toMatchObject({ attempts: 3, retries: 1, rejections: { budget: 2 } });
      expect(thrifty.health().spentBudgets).toEqual(['chat']);
      await thrifty.close();
    });
  },
);
