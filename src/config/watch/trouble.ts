import { monotonicMs } from '../../runtime/index.js';

/** Knows how long a file has been broken, and of what somebody has been told. */
export class Trouble {
  readonly #patienceMs: number;
  #sinceMs: number | undefined;
  #message = '';
  #isTold = false;

  /** @param patienceMs how long somebody may be at work on the file. */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** Whether the file is broken, and may be whole in a moment. */
  get mayPass(): boolean {
    return this.#sinceMs !== undefined && !this.#isTold;
  }

  /** The file is broken in this manner. Gives whether it is time to tell, which it is once for each. */
  goesOn(message: string): boolean {
    const nowMs = monotonicMs();
    if (this.#isTold && message !== this.#message) this.over();
    this.#sinceMs ??= nowMs;
    this.#message = message;
    if (this.#isTold || nowMs - this.#sinceMs < this.#patienceMs) return false;
    this.#isTold = true;
    return true;
  }

  /** The file is as it should be. */
  over(): void {
    this.#sinceMs = undefined;
    this.#isTold = false;
  }
}
