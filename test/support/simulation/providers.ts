import type { Chance } from './chance.js';
import type { VirtualTime } from './virtual-time.js';

/** A request to a simulated provider. */
export interface SimulatedRequest {
  /** How long the provider works on it until its first content, when it is unloaded. */
  readonly firstContentMs: number;
  /** How long it works on everything after that, when it is unloaded. */
  readonly restMs: number;
}

/** What became of a request. Exactly one of `onRefused` and `onDone` is called, `onFirstContent` before `onDone`. */
export interface RequestListener {
  onRefused(): void;
  onFirstContent(): void;
  onDone(): void;
}

/** A provider in virtual time. */
export interface SimulatedProvider {
  /** How many requests it is working on. */
  readonly active: number;
  send(request: SimulatedRequest, listener: RequestListener): void;
}

/** The time of a provider: virtual, or faked. */
type ProviderTime = Pick<VirtualTime, 'nowMs' | 'after'>;

/** Serves a request unhurried. */
function serve(
  time: ProviderTime,
  { firstContentMs, restMs }: SimulatedRequest,
  listener: RequestListener,
  onEnd: () => void,
): void {
  time.after(firstContentMs, () => {
    listener.onFirstContent();
    time.after(restMs, () => {
      onEnd();
      listener.onDone();
    });
  });
}

/** Refuses a request at once while it is working on as many as its capacity, and serves the others unhurried. */
export class HardCapProvider implements SimulatedProvider {
  active = 0;

  readonly #time: VirtualTime;
  readonly #capacity: () => number;

  constructor(time: VirtualTime, capacity: () => number) {
    this.#time = time;
    this.#capacity = capacity;
  }

  send(request: SimulatedRequest, listener: RequestListener): void {
    if (this.active >= this.#capacity()) {
      listener.onRefused();
      return;
    }
    this.active += 1;
    serve(this.#time, request, listener, () => {
      this.active -= 1;
    });
  }
}

/** How quickly the rate of requests may grow. */
export interface SlopeLimit {
  /** So many requests in a second are never too many. */
  readonly floor: number;
  /** A second may have this many times the requests that were served in the second before. */
  readonly growth: number;
}

/** Refuses a request at once where the rate of requests grows too quickly, and serves the others unhurried. */
export class SlopeProvider implements SimulatedProvider {
  active = 0;

  readonly #time: ProviderTime;
  readonly #limit: SlopeLimit;
  #second = Number.NEGATIVE_INFINITY;
  #served = 0;
  #allowed = 0;

  constructor(time: ProviderTime, limit: SlopeLimit) {
    this.#time = time;
    this.#limit = limit;
  }

  send(request: SimulatedRequest, listener: RequestListener): void {
    this.#startSecond(Math.floor(this.#time.nowMs / 1_000));
    if (this.#served >= this.#allowed) {
      listener.onRefused();
      return;
    }
    this.#served += 1;
    this.active += 1;
    serve(this.#time, request, listener, () => {
      this.active -= 1;
    });
  }

  #startSecond(second: number): void {
    if (second === this.#second) return;
    const { floor, growth } = this.#limit;
    const before = second === this.#second + 1 ? this.#served : 0;
    this.#allowed = Math.max(floor, before * growth);
    this.#second = second;
    this.#served = 0;
  }
}

/** A step of a request: what is left of it, in units of the work that each request has had. */
interface Step {
  readonly endsAtWork: number;
  readonly onEnd: () => void;
}

/**
 * Refuses nothing. With more requests than its capacity every one of them slows down by the same factor, as in a server that
 * batches them.
 */
export class BatchingProvider implements SimulatedProvider {
  active = 0;
  /** The work that a request would have had which has been there from the beginning, in unloaded milliseconds. */
  #work = 0;
  #workAtMs = 0;
  #plan = 0;
  readonly #steps: Step[] = [];

  readonly #time: VirtualTime;
  readonly #capacity: () => number;

  constructor(time: VirtualTime, capacity: () => number) {
    this.#time = time;
    this.#capacity = capacity;
  }

  send({ firstContentMs, restMs }: SimulatedRequest, listener: RequestListener): void {
    this.#catchUp();
    this.active += 1;
    this.#add(firstContentMs, () => {
      listener.onFirstContent();
      this.#add(restMs, () => {
        this.active -= 1;
        listener.onDone();
      });
    });
    this.#planNext();
  }

  #add(work: number, onEnd: () => void): void {
    const step = { endsAtWork: this.#work + work, onEnd };
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // The list is sorted with the next one to end last.
      if ((this.#steps[middle]?.endsAtWork ?? 0) > step.endsAtWork) low = middle + 1;
      else high = middle;
    }
    this.#steps.splice(low, 0, step);
  }

  get #speed(): number {
    return Math.min(1, this.#capacity() / Math.max(1, this.active));
  }

  #catchUp(): void {
    this.#work += (this.#time.nowMs - this.#workAtMs) * this.#speed;
    this.#workAtMs = this.#time.nowMs;
  }

  #planNext(): void {
    const next = this.#steps.at(-1);
    this.#plan += 1;
    const plan = this.#plan;
    if (next === undefined) return;
    this.#time.after((next.endsAtWork - this.#work) / this.#speed, () => {
      if (plan !== this.#plan) return;
      this.#catchUp();
      this.#work = next.endsAtWork;
      this.#steps.pop();
      next.onEnd();
      this.#planNext();
    });
  }
}

/** How long a tail is: by default, one answer in fifty takes ten times as long. */
export interface LongTail {
  readonly slowShare: number;
  readonly slowFactor: number;
}

const LONG_TAIL: LongTail = { slowShare: 0.02, slowFactor: 10 };

/** Has room for every request, and serves a few of them much more slowly than the others, whatever they ask for. */
export class LongTailProvider implements SimulatedProvider {
  active = 0;
  /** How many requests it has got. */
  received = 0;

  readonly #time: Pick<VirtualTime, 'after'>;
  readonly #chance: Chance;
  readonly #tail: LongTail;

  constructor(time: Pick<VirtualTime, 'after'>, chance: Chance, tail: LongTail = LONG_TAIL) {
    this.#time = time;
    this.#chance = chance;
    this.#tail = tail;
  }

  send({ firstContentMs, restMs }: SimulatedRequest, listener: RequestListener): void {
    const { slowShare, slowFactor } = this.#tail;
    const factor = this.#chance.uniform() < slowShare ? slowFactor : 1;
    this.active += 1;
    this.received += 1;
    this.#time.after(firstContentMs * factor, () => {
      listener.onFirstContent();
      this.#time.after(restMs * factor, () => {
        this.active -= 1;
        listener.onDone();
      });
    });
  }
}
