/** An error as a client of an HTTP API throws it. */
export function httpError(status: number, headers: Readonly<Record<string, string>> = {}, message?: string): Error {
  return Object.assign(new Error(message ?? `answered ${status}`), { status, headers });
}

/** An error as Node gives it when a socket fails. */
export function networkError(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

/** A function that fails some times and then succeeds, and notes when it was called. */
export interface Faltering {
  /** The times of its calls by the monotonic clock, in milliseconds. */
  readonly calledAt: number[];
  readonly work: () => Promise<string>;
}

/** Fails with each of the errors in turn, and succeeds from then on. */
export function failing(...errors: readonly unknown[]): Faltering {
  const calledAt: number[] = [];
  const work = async () => {
    const nth = calledAt.push(performance.now()) - 1;
    if (nth < errors.length) throw errors[nth];
    return 'fine';
  };
  return { calledAt, work };
}

/** Fails with this error for ever. */
export function down(error: unknown = httpError(500)): Faltering {
  const calledAt: number[] = [];
  const work = async () => {
    calledAt.push(performance.now());
    throw error;
  };
  return { calledAt, work };
}
