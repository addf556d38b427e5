/** What the caller of `fetch` gets for the errors of the attempts of one request. */
export class OpenFailures {
  readonly #failures = new Map<object, FailureToPass>();

  add(error: object, failure: FailureToPass): void {
    this.#failures.set(error, failure);
  }

  /** The response behind an error, if it has one; `undefined` otherwise. The requests behind all others are ended. */
  respondTo(error: unknown): Response | undefined {
    this.discard(error);
    return typeof error === 'object' && error !== null ? this.#failures.get(error)?.toResponse() : undefined;
  }

  /** Ends the requests behind all errors but one. */
  discard(except?: unknown): void {
    for (const [error, failure] of this.#failures) if (error !== except) failure.discard?.();
  }
}

/** An error that the caller gets as a response. */
export interface FailureToPass {
  /** The response, whose body is still to be read. Called at most once. */
  toResponse(): Response;
  /** Ends a request whose body has not been read to its end. */
  discard?(): void;
}
