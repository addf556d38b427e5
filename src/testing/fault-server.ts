import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type RecordedRequest, RequestLog } from './request-log.js';
import { respond } from './respond.js';
import { checkReaction, checkScript, play, type Script } from './script.js';

/** The only address that the server listens on. */
const LOOPBACK = '127.0.0.1';

/**
 * Starts an HTTP server on loopback, on a free port, that answers and fails as scripted.
 *
 * @param script the reactions to requests; see {@link Script}.
 * @throws {ConfigurationError} listing everything that is wrong with the script.
 */
export async function startFaultServer(script: Script): Promise<FaultServer> {
  checkScript(script);
  const server = createServer();
  await listen(server, 0);
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new FaultServer(server, port, script);
}

/** A server that answers and fails as scripted, and records its requests. Created by {@link startFaultServer}. */
export class FaultServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly #server: Server;
  readonly #port: number;
  readonly #log = new RequestLog();
  #react: ReturnType<typeof play>;
  #scriptFailure: { readonly error: unknown } | undefined;
  /** Settles when the latest {@link refuse} has taken effect. */
  #down: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  constructor(server: Server, port: number, script: Script) {
    this.url = `http://${LOOPBACK}:${port}`;
    this.#server = server;
    this.#port = port;
    this.#react = play(script);
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** Every request whose head has arrived, in the order of arrival. */
  get requests(): readonly RecordedRequest[] {
    return this.#log.requests;
  }

  /** Resolves when `count` requests have arrived. Rejects if the server closes first. */
  seen(count: number): Promise<void> {
    return this.#log.seen(count);
  }

  /**
   * Uses another script from the next request on.
   *
   * @throws {ConfigurationError} listing everything that is wrong with it.
   */
  play(script: Script): void {
    checkScript(script);
    this.#react = play(script);
  }

  /** Ends open requests and refuses connections, as a server that is down does. */
  async refuse(): Promise<void> {
    if (this.#server.listening) {
      this.#down = once(this.#server, 'close');
      this.#log.breakOff();
      this.#server.close();
      this.#server.closeAllConnections();
    }
    await this.#down;
  }

  /** Accepts connections again, on the same port, after {@link refuse}. */
  async accept(): Promise<void> {
    if (!this.#server.listening && this.#closing === undefined) await listen(this.#server, this.#port);
  }

  /** Ends open requests and releases the port. Rejects with the error of a script that threw. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.refuse();
    this.#log.close();
    if (this.#scriptFailure !== undefined) throw this.#scriptFailure.error;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const open = this.#log.add(request, response);
    try {
      await open.read(request);
      const reaction = this.#react(open.record);
      checkReaction(reaction);
      await respond(reaction, response, () => open.end('broken_off'));
    } catch (error) {
      // A client that leaves while it sends is not an error of the script.
      if (!request.complete) return;
      this.#scriptFailure ??= { error };
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`the script failed: ${String(error)}`);
    }
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
}
