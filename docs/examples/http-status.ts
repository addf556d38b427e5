import { createServer, type ServerResponse } from 'node:http';
import { classify, createResilience, toHttpStatus } from 'holdfast';

const resilience = createResilience();

/** Stands in for a provider. */
function ask(): string {
  throw Object.assign(new Error('too many requests'), { status: 429, headers: { 'retry-after': '60' } });
}

// #region server
async function answer(response: ServerResponse): Promise<void> {
  try {
    response.end(await resilience.execute('chat', ask));
  } catch (error) {
    // The provider's own hint, or how long the quota is held or the breaker open.
    const { retryAfterMs } = classify(error);
    if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000));
    response.writeHead(toHttpStatus(error)).end();
  }
}
// #endregion

const server = createServer((_, response) => void answer(response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;

for (let call = 1; call <= 2; call += 1) {
  const { status, headers } = await fetch(`http://127.0.0.1:${port}/`);
  console.log(status, headers.get('retry-after'));
}

server.close();
server.closeAllConnections();
await resilience.close();
