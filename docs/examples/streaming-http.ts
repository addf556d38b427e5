import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createResilience, toHttpStatus } from 'holdfast';
import OpenAI from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const resilience = createResilience();

// #region forward
async function chat(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const client = new AbortController();
  response.once('close', () => client.abort()); // the client has left, or everything has been sent
  const request = { model: 'gpt-5-mini', input: 'Say hello.', stream: true } as const;
  const stream = resilience.stream('chat', (call) => openai.responses.create(request, { signal: call.signal }), {
    signal: client.signal,
  });
  try {
    for await (const event of stream) {
      if (event.type !== 'response.output_text.delta') continue;
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
      const isRoomLeft = response.write(`data: ${JSON.stringify(event.delta)}\n\n`);
      if (!isRoomLeft) await once(response, 'drain', { signal: client.signal }); // a slow client slows the source
    }
    response.end('event: complete\ndata:\n\n');
  } catch (error) {
    if (response.headersSent)
      response.end('event: failed\ndata:\n\n'); // a status cannot be sent any more
    else response.writeHead(toHttpStatus(error)).end();
  }
}
// #endregion

const server = createServer((request, response) => void chat(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;

async function show(): Promise<void> {
  const response = await fetch(url);
  console.log(response.status, JSON.stringify(await response.text()));
}

await show(); // busy, then complete
await show(); // the connection breaks after the first word
await show(); // refused

// A client that leaves after the first word, while the provider is silent.
const left = new Promise<void>((resolve) => {
  resilience.on('call.failed', ({ stopReason }) => {
    console.log('the client left:', stopReason);
    resolve();
  });
});
const leaving = new AbortController();
const { body } = await fetch(url, { signal: leaving.signal });
await body?.getReader().read();
leaving.abort();
await left;

server.close();
server.closeAllConnections();
await resilience.close();
