import { once } from 'node:events';

// #region handler
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { classify, createResilience, toHttpStatus } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI from 'openai';

const resilience = createResilience({ config: { operations: { chat: { deadlineMs: 20_000 } } } });
const openai = protect(new OpenAI(), { resilience, operation: 'chat' });

/** In Express: `app.get('/chat', chat)`. */
async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const model = new URL(request.url ?? '/', 'http://localhost').searchParams.get('model') ?? 'gpt-5-mini';
  const client = new AbortController();
  // Every response emits it. Before its end it means that the client has left.
  response.once('close', () => {
    if (!response.writableFinished) client.abort();
  });
  try {
    const { output_text } = await openai.responses.create({ model, input: 'Why?' }, { signal: client.signal });
    response.setHeader('content-type', 'text/plain').end(output_text);
  } catch (error) {
    sendError(response, error);
  }
}

/** Answers with the status that suits the error, and says when it pays to come back. */
function sendError(response: ServerResponse, error: unknown): void {
  const { retryAfterMs } = classify(error);
  if (retryAfterMs !== undefined) response.setHeader('retry-after', Math.ceil(retryAfterMs / 1_000));
  response.statusCode = toHttpStatus(error);
  response.end();
}
// #endregion

const server = createServer((request, response) => void chat(request, response));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/chat`;

// #region requests
for (const model of ['gpt-5-mini', 'gpt-5', 'gpt-5']) {
  const response = await fetch(`${url}?model=${model}`);
  console.log(model, response.status, response.headers.get('retry-after'));
}

// A client that leaves while the provider thinks.
const left = new Promise<void>((resolve) => {
  resilience.on('call.failed', ({ stopReason, failure }) => {
    console.log('the client left:', stopReason, failure?.breaker);
    resolve();
  });
});
const leaving = new AbortController();
resilience.on('call.started', () => leaving.abort());
await fetch(`${url}?model=gpt-5-pro`, { signal: leaving.signal }).catch(() => undefined);
await left;
// #endregion

server.close();
server.closeAllConnections();
await resilience.close();
