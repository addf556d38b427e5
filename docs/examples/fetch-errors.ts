import { createServer } from 'node:http';
import { createResilience, explain } from 'holdfast';

const body = '{"error":{"message":"Model is overloaded","type":"server_error","code":"server_is_overloaded"}}';
const server = createServer((_, response) => response.writeHead(503, { 'retry-after': '30' }).end(body));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const port = typeof address === 'object' ? address?.port : undefined;
const url = `http://127.0.0.1:${port}/`;

// #region fetch
const resilience = createResilience();

/** The parts of a response that classification reads. */
class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;

  constructor({ status, headers }: Response, body: string) {
    super(`status ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

async function complete(prompt: string, model: string): Promise<unknown> {
  return resilience.execute(
    'chat',
    async (call) => {
      const response = await fetch(url, { method: 'POST', body: prompt, signal: call.signal });
      // `fetch` resolves for every status; only a thrown error is a failure.
      if (!response.ok) throw new HttpError(response, await response.text());
      return response.json();
    },
    { key: model, deadlineMs: 20_000 },
  );
}
// #endregion

try {
  await complete('Why?', 'large');
} catch (error) {
  const { kind, code, retryAfterMs, hintSource } = explain(error)?.failure ?? {};
  console.log(kind, code, retryAfterMs, hintSource);
}

await resilience.close();
server.close();
server.closeAllConnections();
