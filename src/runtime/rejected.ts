const READY = Promise.resolve();

/**
 * A promise that rejects one microtask from now. One that is rejected before anybody listens makes Node note an
 * unhandled rejection and take it back, which costs more than everything else about a rejection.
 */
export function rejectLater(error: unknown): Promise<never> {
  return new Promise((_, reject) => {
    void READY.then(() => reject(error));
  });
}
