import { type Call, createResilience, type Fallback, type Resilience } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

type Instances = { readonly [K in 'a' | 'b' | 'c']: Resilience };

/** A breaker for the calls of each service; that of the last one is the first to open. */
const tripAfter = (consecutiveFailures: number) =>
  ({ trip: { consecutiveFailures }, openMs: 10_000, successesToClose: 1 }) as const;

const create = () =>
  createResilience({
    random: () => 0.5,
    config: {
      defaults: { retry: false, deadlineMs: 1_000 },
      operations: { a: { breaker: tripAfter(5) }, b: { breaker: tripAfter(5) }, c: { breaker: tripAfter(3) } },
    },
  });

const oneInstance = (): Instances => {
  const all = create();
  return { a: all, b: all, c: all };
};
const anInstanceEach = (): Instances => ({ a: create(), b: create(), c: create() });

/** What each service answers when the one behind it fails; `false`: nothing. */
interface Fallbacks {
  readonly b: Fallback<string> | false;
  readonly a: Fallback<string> | false;
}

/** Three services, of which each calls the next one with the time that its own caller has left. */
function threeServices(instances: Instances, fallbacks: Fallbacks) {
  const c = vi.fn(async (): Promise<string> => 'fresh');
  const b = async (parent: Call) =>
    `b(${await instances.c.execute('c', () => c(), { parent, fallback: fallbacks.b })})`;
  const a = async (parent: Call) => `a(${await instances.b.execute('b', b, { parent, fallback: fallbacks.a })})`;
  return { c, ask: () => instances.a.inspect('a', a) };
}

const statesOf = (instances: Instances) =>
  (['a', 'b', 'c'] as const).map((name) => instances[name].breaker(name).state);

async function closeAll(instances: Instances): Promise<void> {
  for (const each of new Set(Object.values(instances))) await each.close();
  expect(vi.getTimerCount()).toBe(0);
}

describe.each([
  { name: 'one instance', make: oneInstance },
  { name: 'an instance each', make: anInstanceEach },
])('services that call each other, with $name,', ({ make }) => {
  it('answer with what they have left while the last one is down, and recover by themselves', async () => {
    const instances = make();
    const { c, ask } = threeServices(instances, { b: { value: 'nothing of c' }, a: { value: 'nothing of b' } });
    expect(await ask()).toMatchObject({ value: 'a(b(fresh))' });

    c.mockImplementation(() => Promise.reject(httpError(503)));
    for (let call = 0; call < 10; call++) expect(await ask()).toMatchObject({ value: 'a(b(nothing of c))' });
    expect(statesOf(instances)).toEqual(['closed', 'closed', 'open']);
    expect(c).toHaveBeenCalledTimes(4);
    expect(instances.c.stats('c')).toMatchObject({ failures: 10, fallbacks: 10, rejections: { breaker: 7 } });
    expect(instances.b.stats('b')).toMatchObject({ failures: 0, fallbacks: 0 });

    c.mockImplementation(async () => 'fresh again');
    await pass(15_000);
    expect(await ask()).toMatchObject({ value: 'a(b(fresh again))' });
    expect(statesOf(instances)).toEqual(['closed', 'closed', 'closed']);
    await closeAll(instances);
  });

  it('keep the breaker of the one between closed, also if that one has nothing to answer with', async () => {
    const instances = make();
    const { c, ask } = threeServices(instances, { b: false, a: { lastGood: { key: 'page' } } });
    expect(await ask()).toMatchObject({ value: 'a(b(fresh))' });

    c.mockImplementation(() => Promise.reject(httpError(503)));
    for (let call = 0; call < 10; call++) expect(await ask()).toMatchObject({ value: 'a(b(fresh))' });
    expect(statesOf(instances)).toEqual(['closed', 'closed', 'open']);
    expect(instances.b.stats('b')).toMatchObject({ failures: 10, fallbacks: 10 });

    c.mockImplementation(async () => 'fresh again');
    await pass(15_000);
    expect(await ask()).toMatchObject({ value: 'a(b(fresh again))' });
    expect(statesOf(instances)).toEqual(['closed', 'closed', 'closed']);
    await closeAll(instances);
  });

  it('answer in time while the last one hangs, each before its own caller gives up', async () => {
    const instances = make();
    const { c, ask } = threeServices(instances, { b: () => 'late c', a: () => 'late b' });
    c.mockImplementation(() => new Promise(() => undefined));
    const report = ask();
    await pass(1_000);
    expect(await report).toMatchObject({ ok: true, value: 'a(b(late c))', totalMs: 640 });
    await closeAll(instances);
  });
});
