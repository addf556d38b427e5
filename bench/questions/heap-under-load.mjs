// @ts-check
import { alone } from '../harness/alone.mjs';
import { heapAfterGc } from '../harness/heap.mjs';
import { slope } from '../harness/statistics.mjs';

const CALLS = 2_000_000;
const POINTS = 8;
const CALLS_PER_MACROTASK = 1_000;

const refusal = new Error('the provider fails');
const succeed = async () => 'an answer';
/** For every key, one call in ten fails. @param {number} index */
const mixed = (index) => async () => {
  if (Math.floor(index / 100) % 10 === 9) throw refusal;
  return 'an answer';
};

/**
 * Runs two million calls and reads the heap on the way. The first point is left out of the slope: until then, code and
 * tables are still being built.
 * @param {(index: number) => Promise<unknown>} call
 */
async function load(call) {
  const points = [];
  const callsAPoint = Math.ceil(CALLS / (POINTS + 1));
  for (let done = 0; done < CALLS; done += callsAPoint) {
    for (let index = done; index < done + callsAPoint; index += 1) await tolerant(call, index);
    points.push({ x: done, y: await heapAfterGc() });
  }
  const [first, ...rest] = points;
  const last = rest.at(-1);
  return {
    bytesPerCall: slope(rest),
    grownKb: ((last?.y ?? 0) - (first?.y ?? 0)) / 1_024,
    startKb: (first?.y ?? 0) / 1_024,
  };
}

/**
 * @param {(index: number) => Promise<unknown>} call
 * @param {number} index
 */
async function tolerant(call, index) {
  // Timers must run, as in any real process: they rotate opossum's window.
  if (index % CALLS_PER_MACROTASK === 0) await new Promise((resolve) => setImmediate(resolve));
  try {
    await call(index);
  } catch (error) {
    if (error !== refusal) throw error;
  }
}

const trip = { failureRate: 0.9, minimumCalls: 100, windowMs: 60_000 };

/** What is measured, each in a separate process. */
export const subjects = {
  'bare async function': () => load(() => succeed()),
  'holdfast execute()': async () => {
    const { createResilience } = await import('holdfast');
    const resilience = createResilience();
    return load(() => resilience.execute('chat', succeed));
  },
  'holdfast execute(), 100 keys, 10 % fail, listener': async () => {
    const { createResilience } = await import('holdfast');
    const resilience = createResilience({ config: { defaults: { breaker: { trip } } } });
    resilience.on('*', () => undefined);
    return load((index) => resilience.execute('chat', mixed(index), { key: `tenant-${index % 100}` }));
  },
  'holdfast execute(), signal given and read': async () => {
    const { createResilience } = await import('holdfast');
    const resilience = createResilience();
    const { signal } = new AbortController();
    return load(() => resilience.execute('chat', async (call) => call.signal.aborted, { signal }));
  },
  'cockatiel retry + breaker + timeout (cooperative)': async () => {
    const { cockatielStack } = await import('../harness/peers.mjs');
    const policy = cockatielStack('cooperative');
    return load(() => policy.execute(succeed));
  },
  'opossum tuned': async () => {
    const { opossumTuned } = await import('../harness/peers.mjs');
    const breaker = opossumTuned(succeed);
    return load(() => breaker.fire());
  },
  'opossum default': async () => {
    const { opossumDefault } = await import('../harness/peers.mjs');
    const breaker = opossumDefault(succeed);
    return load(() => breaker.fire());
  },
};

/** The collector causes noise of a tenth of a byte a call. One pointer kept in sixteen calls is at this limit. */
const atMost = { bytesPerCall: 0.5 };

/** @type {import('../harness/results.mjs').Question} */
export const question = {
  title: 'does the heap grow under sustained load?',
  measure: async () => {
    const rows = [];
    for (const name of Object.keys(subjects)) {
      const values = await alone(import.meta.url, name);
      rows.push({ name, values, ...(name.startsWith('holdfast') ? { atMost } : {}) });
    }
    return [
      {
        kind: 'count',
        name: 'heap over 2,000,000 calls',
        columns: [
          { key: 'bytesPerCall', label: 'bytes/call', digits: 3 },
          { key: 'grownKb', label: 'KB grown' },
          { key: 'startKb', label: 'KB at the start' },
        ],
        rows,
      },
    ];
  },
};
