import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** How a request ended. */
export type RequestOutcome =
  /** It has not ended yet. */
  | 'open'
  /** It was answered completely. */
  | 'answered'
  /** The server ended it early, as scripted. */
  | 'broken_off'
  /** The client ended it early. */
  | 'abandoned';

/** A request as the server received it. Changes until the request has ended. */
export interface RecordedRequest {
  /** Counts from 1 in the order of arrival. */
  readonly number: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body as text; empty until it has been received completely. */
  readonly body: string;
  readonly outcome: RequestOutcome;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Keeps the record of one request up to date. */
export class OpenRequest {
  readonly #record: Writable<RecordedRequest>;

  constructor(number: number, { method = '', url = '', headers }: IncomingMessage, response: ServerResponse) {
    this.#record = { number, method, path: url, headers, body: '', outcome: 'open' };
    response.on('finish', () => this.end('answered'));
    response.on('close', () => this.end('abandoned'));
  }

  get record(): RecordedRequest {
    return this.#record;
  }

  /** Reads the body. Rejects if the client leaves before its end. */
  async read(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    this.#record.body = Buffer.concat(chunks).toString('utf8');
  }

  /** Sets the outcome, unless there is one. */
  end(outcome: RequestOutcome): void {
    if (this.#record.outcome === 'open') this.#record.outcome = outcome;
  }
}

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Records the requests of a server. */
export class RequestLog {
  readonly #open: OpenRequest[] = [];
  readonly #records: RecordedRequest[] = [];
  #waiters: readonly Waiter[] = [];
  #closed = false;

  get requests(): readonly RecordedRequest[] {
    return this.#records;
  }

  /** Records a request that has arrived. */
  add(request: IncomingMessage, response: ServerResponse): OpenRequest {
    const count = this.#records.length + 1;
    const open = new OpenRequest(count, request, response);
    this.#open.push(open);
    this.#records.push(open.record);
    const met = this.#waiters.filter((waiter) => waiter.count <= count);
    this.#waiters = this.#waiters.filter((waiter) => waiter.count > count);
    for (const { resolve } of met) resolve();
    return open;
  }

  /** Resolves when `count` requests have arrived. Rejects if the log is closed first. */
  seen(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#records.length >= count) resolve();
      else if (this.#closed) reject(this.#closedError(count));
      else this.#waiters = [...this.#waiters, { count, resolve, reject }];
    });
  }

  /** Marks all open requests as ended by the server. */
  breakOff(): void {
    for (const open of this.#open) open.end('broken_off');
  }

  /** Rejects all pending {@link seen} promises. */
  close(): void {
    this.#closed = true;
    for (const { count, reject } of this.#waiters) reject(this.#closedError(count));
    this.#waiters = [];
  }

  #closedError(count: number): Error {
    return new Error(`the server closed after ${this.#records.length} of ${count} requests`);
  }
}
