// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * How a model behaves: `well` answers after 10 to 30 ms, `slow` after ten seconds, `failing` answers at once that it is
 * overloaded, `stumbling` does so once and then answers, `limited` answers once that the client must wait for a second.
 * @typedef {'well' | 'slow' | 'failing' | 'stumbling' | 'limited'} Behaviour
 */

const SLOW_MS = 10_000;
/** The responses of a model that does not answer. */
const REFUSALS = {
  failing: { status: 503, headers: {} },
  stumbling: { status: 503, headers: {} },
  limited: { status: 429, headers: { 'retry-after': '1' } },
};

/**
 * A provider on loopback. Its models behave as set by `behave`; it counts the questions (POST) that it sees.
 *
 * @param {() => number} random the source of its latencies
 */
export async function startProvider(random) {
  /** @type {Map<string, Behaviour>} */
  const behaviours = new Map();
  const seen = { requests: 0, answered: 0, refused: 0, givenUp: 0 };
  /** @type {(() => void)[]} */
  let waiting = [];

  /** @param {keyof typeof seen} what */
  function count(what) {
    seen[what] += 1;
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
  }

  const server = createServer((request, response) => {
    if (request.method !== 'POST') {
      response.end();
      return;
    }
    count('requests');
    response.on('close', () => {
      if (!response.writableEnded) count('givenUp');
    });
    request.resume();
    const model = request.url?.slice(1) ?? '';
    const behaviour = behaviours.get(model) ?? 'well';
    if (behaviour in REFUSALS) {
      const { status, headers } = REFUSALS[/** @type {keyof typeof REFUSALS} */ (behaviour)];
      if (behaviour !== 'failing') behaviours.set(model, 'well');
      count('refused');
      response.writeHead(status, headers).end();
      return;
    }
    const latencyMs = behaviour === 'slow' ? SLOW_MS : 10 + Math.floor(random() * 20);
    const answering = setTimeout(() => {
      count('answered');
      response.end(`an answer by model "${model}"`);
    }, latencyMs);
    response.on('close', () => clearTimeout(answering));
  });
  // Port 0 lets the system choose a free one.
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the provider has no port');
  const { port } = address;

  return {
    seen,
    /** @param {string} model */
    url: (model) => `http://127.0.0.1:${port}/${model}`,
    /**
     * @param {string} model
     * @param {Behaviour} behaviour
     */
    behave(model, behaviour) {
      behaviours.set(model, behaviour);
    },
    /**
     * Waits until it has counted something that often.
     * @param {keyof typeof seen} what
     * @param {number} times
     */
    async hasSeen(what, times) {
      while (seen[what] < times) await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
