import { HoldfastError } from '../../errors/index.js';

/** The field of `fetch` options that tells the requests of a client apart. */
const SLOT = Symbol('holdfast.slot');

/** Notes with which error of ours a request has ended, since SDKs put errors of their own in its place. */
export class SentErrors {
  #error: HoldfastError | undefined;

  /** Adds itself to the `fetch` options of a request. */
  addTo(fetchOptions: unknown): object {
    return { ...(typeof fetchOptions === 'object' && fetchOptions), [SLOT]: this };
  }

  /** Notes an error of ours for the request that it belongs to. */
  static note(init: object | undefined, error: unknown): void {
    const slot: unknown = init === undefined ? undefined : Reflect.get(init, SLOT);
    if (slot instanceof SentErrors && HoldfastError.is(error)) slot.#error = error;
  }

  /** The error of ours that the SDK made `error` of, or else `error` itself. */
  restore(error: unknown): unknown {
    return this.#error ?? error;
  }
}
