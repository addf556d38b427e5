import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { assertReaction, assertScript } from './check-script.js';
import type { RecordedRequest } from './recorded-request.js';
import { RequestLog } from './request-log.js';
import { respond } from './respond.js';
import { play, type Script } from './script.js';

/** The only address it ever listens on. */
const LOOPBACK = '127.0.0.1';

/**
 * Starts an HTTP server on loopback, at a free port, that fails as it is told.
 *
 * @param script what to do with the requests; see {@link Script}.
 * @throws {ConfigurationError} naming everything that is wrong with the script.
 */
export async function startFaultServer(script: Script): Promise<FaultServer> {
  assertScript(script);
  const server = createServer();
  await listen(server, 0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new FaultServer(server, port, script);
}

/** A server that fails as it is told, and remembers what it was asked. Made by {@link startFaultServer}. */
export class FaultServer {
  /** Where it listens: `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #log = new RequestLog();
  #react: ReturnType<typeof play>;
  #trouble: { readonly error: unknown } | undefined;
  /** Settles when it is down for the last time that it was told to be. */
  #down: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor(server: Server, port: number, script: Script) {
    this.url = `http://${LOOPBACK}:${port}`;
    this.#server = server;
    this.#port = port;
    this.#react = play(script);
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** Every request whose head has come in, in that order. */
  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  /** Resolves when this many requests have come in. Rejects when the server closes before. */
  seen(count: number): Promise<void> {
    return this.#log.seen(count);
  }

  /**
   * Goes by another script from the next request on.
   *
   * @throws {ConfigurationError} naming everything that is wrong with it.
   */
  play(script: Script): void {
    assertScript(script);
    this.#react = play(script);
  }

  /** Breaks off what is open and refuses connections from now on, as a server does that is down. */
  async refuse(): Promise<void> {
    if (this.#server.listening) {
      this.#down = once(this.#server, 'close');
      this.#log.breakOff();
      this.#server.close();
      this.#server.closeAllConnections();
    }
    await this.#down;
  }

  /** Listens again at the same port after {@link refuse}. */
  async accept(): Promise<void> {
    if (!this.#server.listening && this.#closing === undefined) await listen(this.#server, this.#port);
  }

  /** Breaks off what is open, and leaves nothing behind. Rejects with what the script threw, if it did. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.refuse();
    this.#log.close();
    if (this.#trouble !== undefined) throw this.#trouble.error;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const service = this.#log.add(request, response);
    try {
      await service.read(request);
      const reaction = this.#react(service.record);
      assertReaction(reaction);
      await respond(reaction, response, () => service.end('broken_off'));
    } catch (error) {
      // A client that leaves while it asks is no trouble.
      if (!request.complete) return;
      this.#trouble ??= { error };
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`the script failed: ${String(error)}`);
    }
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
}
