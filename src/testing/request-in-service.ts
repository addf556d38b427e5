import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedRequest, RequestOutcome } from './recorded-request.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Keeps the record of a request while it is being served. */
export class RequestInService {
  readonly #record: Writable<RecordedRequest>;

  constructor(number: number, { method = '', url = '', headers }: IncomingMessage, response: ServerResponse) {
    this.#record = { number, method, path: url, headers, body: '', outcome: 'open' };
    response.on('finish', () => this.end('answered'));
    response.on('close', () => this.end('abandoned'));
  }

  get record(): RecordedRequest {
    return this.#record;
  }

  /** Reads the body to its end. Rejects when the client leaves before. */
  async read(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    this.#record.body = Buffer.concat(chunks).toString('utf8');
  }

  /** Says how it ended; the first word counts. */
  end(outcome: RequestOutcome): void {
    if (this.#record.outcome === 'open') this.#record.outcome = outcome;
  }
}
