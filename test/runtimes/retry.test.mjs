import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { classify, createResilience, explain, QuotaHeldError } from 'holdfast';
import { retry, retryBudget } from 'holdfast/retry';

const QUICK = { minDelayMs: 1, maxDelayMs: 5 };

let requests = 0;
/** Answers every other request; the others are reset. */
const server = createServer((request, response) => {
  requests += 1;
  if (requests % 2 === 1) request.socket.destroy();
  else response.setHeader('connection', 'close').end('fine');
});

before(() => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined))));
after(() => {
  server.close();
  server.closeAllConnections();
});

/** @param {{ signal: AbortSignal }} call */
async function ask({ signal }) {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('has no port');
  const response = await fetch(`http://127.0.0.1:${address.port}/`, { signal });
  return response.text();
}

const limited = () => {
  throw Object.assign(new Error('slow down'), { status: 429, headers: new Headers({ 'retry-after': '90' }) });
};

describe('a call', () => {
  it('is retried when this version of Node says that the connection was reset', async () => {
    const resilience = createResilience({ config: { defaults: { retry: QUICK } } });
    assert.equal(await resilience.execute('chat', ask), 'fine');
    const { attempts, retries } = resilience.stats('chat');
    assert.deepEqual({ attempts, retries }, { attempts: 2, retries: 1 });
    await resilience.close();
  });

  it('holds its quota for a hint of the provider, and the next call is rejected', async () => {
    const resilience = createResilience();
    await assert.rejects(resilience.execute('chat', limited), { status: 429 });
    await assert.rejects(resilience.execute('chat', limited), (error) => {
      assert.ok(error instanceof QuotaHeldError);
      assert.ok(error.retryAfterMs > 80_000);
      assert.equal(explain(error)?.stopReason, 'quota_held');
      return true;
    });
    assert.equal(resilience.stats('chat').attempts, 1);
    await resilience.close();
  });

  it('that waits ends at once when its caller aborts', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    resilience.on('retry.scheduled', () => setImmediate(() => abort.abort(new Error('the user left'))));
    const failing = () => {
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    };
    await assert.rejects(resilience.execute('chat', failing, { signal: abort.signal }), /the user left/);
    await resilience.close();
  });
});

describe('retry()', () => {
  it('calls the function again after a failure', async () => {
    assert.equal(await retry(ask, QUICK), 'fine');
  });

  it('rejects with the very error once its budget is spent', async () => {
    const budget = retryBudget({ ratio: 0, floorPerSecond: 0.001, burst: 1 });
    const error = Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    let calls = 0;
    const failing = () => {
      calls += 1;
      throw error;
    };
    await assert.rejects(retry(failing, { ...QUICK, budget }), (thrown) => thrown === error);
    assert.equal(calls, 2);
  });
});

describe('classify()', () => {
  it('recognises the error that fetch of this version throws for a closed port', async () => {
    const closed = createServer();
    await new Promise((resolve) => closed.listen(0, '127.0.0.1', () => resolve(undefined)));
    const address = closed.address();
    assert.ok(typeof address === 'object' && address !== null);
    await new Promise((resolve) => closed.close(resolve));
    const error = await fetch(`http://127.0.0.1:${address.port}/`).catch((thrown) => thrown);
    const { kind, code, unexecuted } = classify(error);
    assert.deepEqual({ kind, code, unexecuted }, { kind: 'network', code: 'ECONNREFUSED', unexecuted: true });
  });

  it('recognises the error of AbortSignal.timeout of this version', async () => {
    const signal = AbortSignal.timeout(1);
    const alive = setTimeout(() => undefined, 1_000);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    clearTimeout(alive);
    assert.equal(classify(signal.reason).kind, 'timeout');
  });
});
