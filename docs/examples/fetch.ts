import { createServer } from 'node:http';
import { createResilience } from 'holdfast';

const server = createServer((_, response) => response.end('{"text":"fine"}'));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;
const url = `http://127.0.0.1:${port}/`;

// #region fetch
const resilience = createResilience();

async function complete(prompt: string, model: string): Promise<unknown> {
  return resilience.execute(
    'chat',
    async (call) => {
      const response = await fetch(url, { method: 'POST', body: prompt, signal: call.signal });
      // fetch resolves for every status: only what is thrown is a failure.
      if (!response.ok) throw new Error(`status ${response.status}`);
      return response.json();
    },
    { key: model },
  );
}
// #endregion

console.log(await complete('Why?', 'small'));
await resilience.close();
server.close();
server.closeAllConnections();
