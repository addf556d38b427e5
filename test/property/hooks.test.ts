import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as macrotask, setTimeout as wait } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { type ClassifyRule, classify, createResilience, type Resilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { loadConfig, watchConfig } from 'holdfast/config';
import { retry } from 'holdfast/retry';
import { createAudit, UsageMonitor, watchUsage } from 'holdfast/telemetry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thrownBy } from '../support/calls.js';

/*
 * Every function that a user can give to the library, called with every way of failing. What a hook does must change no
 * call, no counter, no breaker and no close(), and must leave no unhandled rejection.
 */

type Hook = (...given: unknown[]) => unknown;

const ERROR = new Error('of the hook');
const DOWN = Object.assign(new Error('down'), { status: 503 });

vi.setConfig({ testTimeout: 20_000 });

/** What a hook can reach to re-enter the library; set by each use. */
let reenter: () => unknown = () => undefined;
/** How often `then` was called on each lazy thenable. */
let thens: number[] = [];

/** A thenable that starts when `then` is called, as the queries of many database clients do. */
function lazy(run: (resolve: (value: unknown) => void, reject: (error: unknown) => void) => unknown): unknown {
  const index = thens.push(0) - 1;
  return {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is
    then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
      thens[index] = (thens[index] ?? 0) + 1;
      return run(resolve, reject);
    },
  };
}

function fail(): never {
  throw ERROR;
}

const rejectElsewhere: (error: unknown) => unknown = runInNewContext('(error) => Promise.reject(error)');

/** A promise of a class that starts when `then` is called. */
class LazyPromise extends Promise<unknown> {
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is
  override then<A = unknown, B = never>(
    onValue?: ((value: unknown) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return Promise.reject(ERROR).then(onValue, onError);
  }
}

const WAYS: readonly { readonly how: string; readonly hook: Hook; readonly settles?: false }[] = [
  { how: 'throws', hook: fail },
  { how: 'rejects', hook: async () => fail() },
  {
    how: 'rejects later',
    hook: async () => {
      await macrotask();
      fail();
    },
  },
  { how: 'rejects in another realm', hook: () => rejectElsewhere(ERROR) },
  { how: 'gives a lazy thenable that rejects', hook: () => lazy((_, reject) => reject(ERROR)) },
  { how: 'gives a lazy thenable that throws', hook: () => lazy(fail) },
  { how: 'gives a lazy thenable whose then rejects', hook: () => lazy(async () => fail()) },
  {
    how: 'gives a lazy thenable that resolves to a rejection',
    hook: () => lazy((resolve) => resolve(Promise.reject(ERROR))),
  },
  { how: 'gives a lazy promise of a subclass that rejects', hook: () => new LazyPromise(() => undefined) },
  {
    how: 'gives a promise whose own then throws',
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is
    hook: () => Object.assign(Promise.reject(ERROR), { then: fail }),
  },
  {
    how: 'gives an object whose then cannot be read',
    hook: () => Object.defineProperty({}, 'then', { get: fail }),
  },
  {
    how: 'writes into all that it is given, and throws',
    hook: (...given) => {
      for (const value of given) vandalise(value);
      fail();
    },
  },
  {
    how: 're-enters the library, and throws',
    hook: () => {
      const again = reenter;
      reenter = () => undefined;
      again();
      fail();
    },
  },
  { how: 'never settles', hook: () => new Promise(() => undefined), settles: false },
];

/** Overwrites every field of an object, and of the objects in it, as far as it lets itself be written. */
function vandalise(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Error) return;
  for (const [name, inner] of Object.entries(value)) {
    vandalise(inner);
    try {
      Reflect.set(value, name, 'overwritten');
    } catch {
      // It is a field that cannot be written.
    }
  }
}

interface Played {
  /** What must be the same whatever the hook does. */
  readonly trace: unknown;
  /** What was reported about the hook. */
  readonly reported: readonly unknown[];
}

interface Use {
  readonly name: string;
  /** Must answer at once: even a promise that never settles is reported. */
  readonly synchronous?: true;
  /** There is nowhere to report to. */
  readonly silent?: true;
  readonly play: (hook: Hook) => Promise<Played>;
  /** A hook that behaves, with the effect that a failed one must have. */
  readonly benign?: Hook;
}

const warnings: unknown[] = [];
const unhandled: unknown[] = [];
const noteWarning = (warning: unknown) => void warnings.push(warning);
const noteUnhandled = (error: unknown) => unhandled.push(error);
let directory: string;
let file: string;

beforeEach(() => {
  thens = [];
  warnings.length = 0;
  unhandled.length = 0;
  reenter = () => undefined;
  vi.spyOn(process, 'emitWarning').mockImplementation(noteWarning);
  process.on('unhandledRejection', noteUnhandled);
  directory = mkdtempSync(join(tmpdir(), 'holdfast-hooks-'));
  file = join(directory, 'holdfast.json');
  write(1_000);
});

afterEach(() => {
  vi.restoreAllMocks();
  process.off('unhandledRejection', noteUnhandled);
  rmSync(directory, { recursive: true });
});

function write(deadlineMs: number): void {
  writeFileSync(file, JSON.stringify({ operations: { other: { deadlineMs } } }));
}

/** Lets everything happen that has been set off. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await macrotask();
}

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await wait(5);
}

const CONFIG = {
  defaults: {
    retry: { maxAttempts: 2, strategy: 'fixed', minDelayMs: 1, maxDelayMs: 1, jitter: 'full' },
    breaker: { trip: { consecutiveFailures: 4 }, openMs: 60_000 },
  },
} as const;

/** Options reach the library as code without a compiler would give them. */
function create(options: object): Resilience {
  return Reflect.apply(createResilience, undefined, [{ config: CONFIG, ...options }]);
}

/** Plays calls of every ending, changes of the configuration, and the close. */
async function playCalls(resilience: Resilience): Promise<Played> {
  const reported: unknown[] = [];
  resilience.on('hook.failed', ({ error }) => reported.push(error));
  reenter = () => {
    void resilience.inspect('side', () => 1);
    resilience.on('call.started', () => undefined);
    return [resilience.stats(), resilience.snapshot(), resilience.health()];
  };
  const trace: unknown[] = [];
  const call = async (work: (attempt: number) => unknown) => {
    const report = await resilience.inspect('chat', ({ attempt }) => work(attempt));
    const { stopReason, stopRule, failure, attempts } = report;
    const end = report.ok ? report.value : report.error === DOWN || String(report.error).replace(/\d+ ms/, 'n ms');
    trace.push({ end, stopReason, stopRule, failure, attempts: attempts.map(({ outcome }) => outcome) });
    trace.push(resilience.breaker('chat').state);
  };
  const down = () => {
    throw DOWN;
  };
  await call(() => 'fine');
  await call((attempt) => (attempt === 1 ? down() : 'the second'));
  trace.push(resilience.configure({ operations: { other: { deadlineMs: 5_000 } } }).changes);
  trace.push(String(thrownBy(() => resilience.configure({ operations: { other: { deadlineMs: -1 } } }))));
  for (let count = 0; count < 3; count++) await call(down);
  resilience.breaker('chat').close();
  await call(() => 'fine again');
  await settle();
  const { latencyMs: _latency, lastFailureAt: _failure, lastSuccessAt: _success, ...stats } = resilience.stats('chat');
  trace.push(stats, resilience.config('other').settings, resilience.health().status);
  await resilience.close();
  trace.push(resilience.snapshot().state, resilience.snapshot().inFlight);
  return { trace, reported };
}

async function playBreaker(options: object, hook?: Hook): Promise<Played> {
  const breaker: CircuitBreaker = Reflect.construct(CircuitBreaker, [
    { trip: { consecutiveFailures: 2 }, openMs: 60_000, ...options },
  ]);
  const reported: unknown[] = [];
  if (hook !== undefined) breaker.on('*', hook);
  breaker.on('hook.failed', ({ error }) => reported.push(error));
  reenter = () => [breaker.stats(), breaker.snapshot(), breaker.on('*', () => undefined)];
  const trace: unknown[] = [];
  for (let count = 0; count < 4; count++) {
    const end = await breaker.execute(() => Promise.reject(DOWN)).catch(String);
    trace.push(end.replace(/\d+ ms/, 'n ms'), breaker.state);
  }
  breaker.close();
  trace.push(await breaker.execute(() => 'fine'), breaker.state, breaker.stats());
  await settle();
  breaker.shutdown();
  return { trace, reported };
}

async function playRetry(options: object): Promise<Played> {
  reenter = () => retry(() => 1);
  const trace: unknown[] = [];
  for (const maxAttempts of [2, 3]) {
    const settings = { maxAttempts, strategy: 'fixed', minDelayMs: 1, maxDelayMs: 1, jitter: 'full', ...options };
    const work = ({ attempt }: { attempt: number }) => (attempt < 3 ? Promise.reject(DOWN) : attempt);
    const ended: Promise<unknown> = Reflect.apply(retry, undefined, [work, settings]);
    trace.push(await ended.catch((error: unknown) => error === DOWN || error));
  }
  await settle();
  return { trace, reported: warnings };
}

function isClosable(value: unknown): value is { close(): void } {
  return typeof value === 'object' && value !== null && 'close' in value && typeof value.close === 'function';
}

/** A monitor whose every method is the hook. */
function monitorOf(hook: Hook): UsageMonitor {
  return new Proxy(new UsageMonitor(), { get: () => hook });
}

const USES: readonly Use[] = [
  {
    name: 'a listener of a Resilience',
    play: (hook) => {
      const resilience = create({});
      resilience.on('*', hook);
      return playCalls(resilience);
    },
  },
  {
    name: 'the context hook',
    synchronous: true,
    play: (context) => playCalls(create({ context })),
    benign: () => ({}),
  },
  {
    name: 'a classification rule',
    synchronous: true,
    play: (when) => playCalls(create({ classify: [{ when, means: 'auth' }] })),
    benign: () => false,
  },
  {
    name: 'the source of random numbers',
    synchronous: true,
    play: (random) => playCalls(create({ random })),
    benign: () => 0.5,
  },
  {
    name: 'a usage monitor of createResilience()',
    play: async (hook) => ({ ...(await playCalls(create({ usage: monitorOf(hook) }))), reported: warnings }),
  },
  { name: 'a listener of a breaker', play: (hook) => playBreaker({}, hook) },
  {
    name: 'isFailure of a breaker',
    synchronous: true,
    play: (isFailure) => playBreaker({ isFailure }),
    benign: () => true,
  },
  { name: 'random of a breaker', synchronous: true, play: (random) => playBreaker({ random }), benign: () => 0.5 },
  { name: 'onRetry', play: (onRetry) => playRetry({ onRetry }) },
  { name: 'random of retry()', synchronous: true, play: (random) => playRetry({ random }), benign: () => 0.5 },
  {
    name: 'a rule of retry()',
    synchronous: true,
    play: (when) => playRetry({ classify: [{ when, means: 'auth' }] }),
    benign: () => false,
  },
  {
    name: 'onRuleFailed of classify()',
    silent: true,
    play: async (onRuleFailed) => {
      reenter = () => classify(DOWN);
      const rules: ClassifyRule[] = [{ when: fail, means: 'auth' }];
      const trace = classify(DOWN, { rules, onRuleFailed });
      await settle();
      return { trace, reported: [] };
    },
  },
  {
    name: 'a rule of classify()',
    synchronous: true,
    play: async (when) => {
      reenter = () => classify(DOWN);
      const reported: unknown[] = [];
      const onRuleFailed = (_: ClassifyRule, error: unknown) => reported.push(error);
      const rules: unknown = [{ when, means: 'auth' }];
      const trace = Reflect.apply(classify, undefined, [DOWN, { rules, onRuleFailed }]);
      await settle();
      return { trace, reported };
    },
    benign: () => false,
  },
  {
    name: 'removeEventListener of a signal',
    silent: true,
    play: async (hook) => {
      const resilience = create({});
      reenter = () => [resilience.stats(), resilience.inspect('side', () => 1)];
      const trace: unknown[] = [];
      for (const work of [() => 'fine', () => Promise.reject(DOWN)]) {
        const { signal } = new AbortController();
        Object.assign(signal, { removeEventListener: hook });
        const { ok, stopReason } = await resilience.inspect('chat', work, { signal });
        trace.push(
          ok,
          stopReason,
          await retry(work, { signal, maxAttempts: 1 }).catch((error: unknown) => error === DOWN),
        );
      }
      await resilience.close();
      trace.push(resilience.stats('chat').calls, resilience.snapshot().inFlight);
      return { trace, reported: [] };
    },
  },
  {
    name: 'a function given to configure()',
    silent: true,
    play: async (change) => {
      const resilience = create({});
      const refused: unknown[] = [];
      resilience.on('config.refused', ({ actor }) => refused.push(actor));
      reenter = () => [resilience.configure({}, { dryRun: true }), resilience.config()];
      expect(() => Reflect.apply(resilience.configure, resilience, [change, { actor: 'ada' }])).toThrow();
      expect(refused).toEqual(['ada']);
      const value = await resilience.execute('chat', () => 'fine');
      const trace = [value, resilience.snapshot().config, resilience.config().settings];
      await resilience.close();
      return { trace, reported: [] };
    },
    benign: () => ({ defaults: { deadlineMs: -1 } }),
  },
  {
    name: 'what ends the subscription of an audit trail or a usage watch',
    play: async (end) => {
      let ended = 0;
      const unsubscribe: Hook = () => {
        ended += 1;
        return end();
      };
      const source = { on: () => unsubscribe, config: () => ({ preset: 'none', strategy: undefined, settings: {} }) };
      reenter = () => new UsageMonitor().recordLoad('simple', 1);
      const audit: unknown = Reflect.apply(createAudit, undefined, [source]);
      const watch: unknown = Reflect.apply(watchUsage, undefined, [source, { monitor: new UsageMonitor() }]);
      for (const each of [audit, watch]) if (isClosable(each)) each.close();
      await settle();
      return { trace: ended, reported: warnings };
    },
  },
  {
    name: 'the sink of an audit trail',
    play: async (sink) => {
      const resilience = create({});
      const audit = createAudit(resilience, { sink });
      const { trace, reported } = await playCalls(resilience);
      const entries = audit.entries().map(({ at: _, ...entry }) => entry);
      audit.close();
      return { trace: [trace, entries], reported: [...reported, ...warnings] };
    },
  },
  {
    name: 'onAlert of a usage monitor',
    play: async (onAlert) => {
      const monitor = new UsageMonitor({ onAlert });
      reenter = () => [monitor.activeAlerts(), monitor.recordLoad('other', 1)];
      monitor.recordLoad('simple', 500);
      monitor.recordLoad('simple', 1);
      monitor.recordError('simple', DOWN);
      await settle();
      const alerts = monitor.recentAlerts().map(({ rule, preset, occurrences }) => [rule, preset, occurrences].join());
      return { trace: [alerts.toSorted(), monitor.loadPerformance().errorCount], reported: warnings };
    },
  },
  {
    name: 'the monitor of watchUsage()',
    play: async (hook) => {
      const resilience = create({});
      watchUsage(resilience, { monitor: monitorOf(hook) });
      return playCalls(resilience);
    },
  },
  {
    name: 'a usage monitor of loadConfig()',
    play: async (hook) => {
      reenter = () => loadConfig();
      const options = { file, preset: 'simple', usage: monitorOf(hook) };
      const trace = [loadConfig(options).preset, String(thrownBy(() => loadConfig({ ...options, preset: 'nope' })))];
      await settle();
      return { trace, reported: warnings };
    },
  },
  {
    name: 'a usage monitor of watchConfig()',
    play: async (hook) => {
      const resilience = create({});
      const watch = watchConfig(resilience, file, { usage: monitorOf(hook), onError: noteWarning });
      await settle();
      watch.close();
      const trace = resilience.config('other').settings['deadlineMs'];
      await resilience.close();
      return { trace, reported: warnings };
    },
  },
  {
    name: 'onError of watchConfig()',
    play: async (onError) => {
      const resilience = create({});
      reenter = () => resilience.config();
      let errors = 0;
      const noted: Hook = (error) => {
        errors += 1;
        return onError(error);
      };
      const watch = watchConfig(resilience, file, { onError: noted, settleMs: 1, pollMs: 10 });
      write(-1);
      await until(() => errors === 1);
      write(2_000);
      await until(() => resilience.config('other').settings['deadlineMs']?.value === 2_000);
      await settle();
      watch.close();
      const trace = errors;
      await resilience.close();
      return { trace, reported: warnings };
    },
  },
  {
    name: 'configure() of what watchConfig() changes',
    play: async (hook) => {
      write(1_000);
      const reported: unknown[] = [];
      let changes = 0;
      const configure: Hook = (...given) => {
        changes += 1;
        // An error at the start is thrown to the code that starts the watch.
        return changes === 1 ? undefined : hook(...given);
      };
      const watch = watchConfig({ configure }, file, {
        onError: (error) => reported.push(error),
        settleMs: 1,
        pollMs: 10,
      });
      write(2_000);
      await until(() => changes === 2);
      write(3_000);
      await until(() => changes === 3);
      await settle();
      watch.close();
      return { trace: changes, reported };
    },
  },
];

describe.each(USES)('$name', ({ play, synchronous = false, silent = false, benign = () => undefined }) => {
  it.each(WAYS)('changes nothing else when it $how', async ({ hook, settles = true }) => {
    const expected = await play(benign);
    expect(expected.reported).toEqual([]);
    const { trace, reported } = await play(hook);
    await settle();
    expect(trace).toEqual(expected.trace);
    expect(unhandled).toEqual([]);
    expect([...new Set(thens)]).toEqual(thens.length === 0 ? [] : [1]);
    if (!silent) expect(reported.length > 0).toBe(settles || synchronous);
  });
});
