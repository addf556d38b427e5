import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on this machine. */
export interface Loopback {
  readonly url: string;
  /** Resolves when a request has come in. */
  readonly asked: Promise<unknown>;
  /** Resolves when the first connection is closed, which a client does whose request is aborted. */
  readonly left: Promise<unknown>;
}

/** Answers on loopback until the test is over. */
export async function loopback(answer: RequestListener): Promise<Loopback> {
  const server = createServer(answer);
  const asked = once(server, 'request');
  const left = new Promise((resolve) => {
    server.on('connection', (socket) => {
      socket.on('close', resolve);
      // The other side may reset the connection.
      socket.on('error', () => undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: urlOf(server.address()), asked, left };
}

/** An address where nobody listens. */
export async function nobodyThere(): Promise<string> {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = urlOf(server.address());
  server.close();
  await once(server, 'close');
  return url;
}

function urlOf(address: ReturnType<ReturnType<typeof createTcpServer>['address']>): string {
  if (address === null || typeof address === 'string') throw new Error('has no port');
  return `http://127.0.0.1:${address.port}/`;
}
