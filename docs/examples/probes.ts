import { once } from 'node:events';
import { createServer } from 'node:http';
import { createResilience } from 'holdfast';

// #region probes
const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } } });
let isShuttingDown = false;

const server = createServer((request, response) => {
  if (request.url === '/livez') {
    // The process answers, and that is all. No restart repairs a provider.
    response.writeHead(200).end();
  } else if (request.url === '/readyz') {
    response.writeHead(isShuttingDown ? 503 : 200).end();
  } else {
    // For people and dashboards. No load balancer reads it.
    response.setHeader('content-type', 'application/json').end(JSON.stringify(resilience.health()));
  }
});
// #endregion

server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

async function look(when: string): Promise<void> {
  const [live, ready, health] = await Promise.all(['livez', 'readyz', 'health'].map((path) => fetch(`${url}/${path}`)));
  const { healthy, status, openBreakers, holds } = JSON.parse((await health?.text()) ?? '{}');
  console.log(when, live?.status, ready?.status, healthy, status, openBreakers.length, holds.length);
}

const down = () => Promise.reject(Object.assign(new Error('down'), { status: 500 }));
const limited = () =>
  Promise.reject(Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after': '600' } }));
const settings = { retry: false } as const;

await resilience.execute('chat', () => 'fine', { key: 'small' });
await look('all is well:');

await resilience.inspect('chat', limited, { key: 'large', settings });
await look('one model is limited:');

for (let call = 1; call <= 2; call += 1) await resilience.inspect('chat', down, { key: 'small', settings });
await look('the other is down:');

for (let call = 1; call <= 2; call += 1) await resilience.inspect('chat', down, { key: 'large', settings });
isShuttingDown = true;
await resilience.close();
await look('closed:');

server.close();
server.closeAllConnections();
