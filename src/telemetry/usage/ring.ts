/** Keeps the latest so many of something. Adding and dropping cost the same however many there are. */
export class Ring<T extends object> {
  readonly #capacity: number;
  readonly #slots: (T | undefined)[] = [];
  /** Where the oldest stands. */
  #first = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds one, in the place of the oldest when there is no room. */
  push(item: T): void {
    if (this.#size === this.#capacity) this.#drop();
    this.#slots[(this.#first + this.#size) % this.#capacity] = item;
    this.#size += 1;
  }

  /** Drops the oldest ones for as long as they pass, and tells how many went. */
  dropWhile(passes: (item: T) => boolean): number {
    const before = this.#size;
    for (let oldest = this.#oldest(); oldest !== undefined && passes(oldest); oldest = this.#oldest()) this.#drop();
    return before - this.#size;
  }

  /** All of them, oldest first, in an array of the caller's own. */
  items(): T[] {
    return this.latestWhile(() => true);
  }

  /** The latest ones for as long as they pass, oldest first, in an array of the caller's own. */
  latestWhile(passes: (item: T) => boolean): T[] {
    const items: T[] = [];
    for (let index = this.#size - 1; index >= 0; index--) {
      const item = this.#slots[(this.#first + index) % this.#capacity];
      if (item === undefined || !passes(item)) break;
      items.push(item);
    }
    return items.reverse();
  }

  #oldest(): T | undefined {
    return this.#size === 0 ? undefined : this.#slots[this.#first];
  }

  #drop(): void {
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#capacity;
    this.#size -= 1;
  }
}
