import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedRequest } from './recorded-request.js';
import { RequestInService } from './request-in-service.js';

interface Waiter {
  readonly count: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Keeps every request that came in, and tells those who wait for one. */
export class RequestLog {
  readonly #services: RequestInService[] = [];
  readonly #records: RecordedRequest[] = [];
  #waiters: readonly Waiter[] = [];
  #closed = false;

  get requests(): readonly RecordedRequest[] {
    return this.#records;
  }

  /** Notes a request that has come in. */
  add(request: IncomingMessage, response: ServerResponse): RequestInService {
    const count = this.#records.length + 1;
    const service = new RequestInService(count, request, response);
    this.#services.push(service);
    this.#records.push(service.record);
    const met = this.#waiters.filter((waiter) => waiter.count <= count);
    this.#waiters = this.#waiters.filter((waiter) => waiter.count > count);
    for (const { resolve } of met) resolve();
    return service;
  }

  /** Resolves when this many requests have come in. Rejects when the log is closed before. */
  seen(count: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#records.length >= count) resolve();
      else if (this.#closed) reject(this.#tooFew(count));
      else this.#waiters = [...this.#waiters, { count, resolve, reject }];
    });
  }

  /** Says of all requests that are open that the server broke them off. */
  breakOff(): void {
    for (const service of this.#services) service.end('broken_off');
  }

  /** Lets nobody wait any longer. */
  close(): void {
    this.#closed = true;
    for (const { count, reject } of this.#waiters) reject(this.#tooFew(count));
    this.#waiters = [];
  }

  #tooFew(count: number): Error {
    return new Error(`the server closed after ${this.#records.length} of ${count} requests`);
  }
}
