import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

process.env['GRACE_MS'] = '200';

// #region shutdown
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createResilience, toHttpStatus } from 'holdfast';

/** Shorter than the grace period of the platform, which is 30 s in Kubernetes unless the pod says otherwise. */
const GRACE_MS = Number(process.env['GRACE_MS'] ?? 20_000);

const resilience = createResilience();
const shutdown = new AbortController();

const server = createServer((request, response) => void answer(request, response));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const report = await resilience.inspect('chat', (call) => ask(request.url, call.signal), { signal: shutdown.signal });
  if (!report.ok) response.statusCode = shutdown.signal.aborted ? 503 : toHttpStatus(report.error);
  response.end(report.ok ? report.value : undefined);
}

async function shutDown(): Promise<void> {
  server.close(); // takes no more connections
  const timer = setTimeout(() => shutdown.abort(), GRACE_MS);
  await resilience.close(); // takes no more calls, and waits for those under way
  clearTimeout(timer);
  console.log('all calls have ended');
}
process.once('SIGTERM', () => void shutDown());
// #endregion

/** Stands in for a provider. */
function ask(path: string | undefined, signal: AbortSignal): Promise<string> {
  return sleep(path === '/slow' ? 60_000 : 20, 'an answer', { signal });
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

const started = new Promise<void>((resolve) => {
  let calls = 0;
  resilience.on('call.started', () => {
    calls += 1;
    if (calls === 2) resolve();
  });
});
const answers = ['/quick', '/slow'].map(async (path) => `${path} ${(await fetch(url + path)).status}`);
await started;
process.kill(process.pid, 'SIGTERM');
for (const answer of answers) console.log(await answer);
