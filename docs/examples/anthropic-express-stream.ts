import { once } from 'node:events';

// #region route
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Anthropic from '@anthropic-ai/sdk';
import { createResilience, toHttpStatus } from 'holdfast';
import { protect } from 'holdfast/ai';

const resilience = createResilience({ config: { operations: { chat: { stream: { idleMs: 30_000 } } } } });
const anthropic = protect(new Anthropic(), { resilience, operation: 'chat' });

/** In Express: `app.get('/chat', chat)`. */
async function chat(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  const client = new AbortController();
  response.once('close', () => client.abort()); // the client has left, or everything has been sent
  const question = { model: 'claude-haiku-4-5', max_tokens: 1_024, stream: true } as const;
  const messages = [{ role: 'user' as const, content: 'Say hello.' }];
  try {
    const events = await anthropic.messages.create({ ...question, messages }, { signal: client.signal });
    for await (const event of events) {
      if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
      const isRoomLeft = response.write(`data: ${JSON.stringify(event.delta.text)}\n\n`);
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

await show(); // overloaded, then complete
await show(); // cut off after the first word
await show(); // the prompt is too long

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

const { failures } = resilience.breaker('chat', 'claude-haiku-4-5').stats();
console.log('failures that the breaker counted:', failures);

server.close();
server.closeAllConnections();
await resilience.close();
