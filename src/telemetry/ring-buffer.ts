/** Keeps the latest `capacity` items. Adding and dropping an item cost the same at any size. */
export class RingBuffer<T extends object> {
  readonly #capacity: number;
  readonly #slots: (T | undefined)[] = [];
  /** The slot of the oldest item. */
  #first = 0;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an item, which replaces the oldest one when the buffer is full. */
  push(item: T): void {
    if (this.#size === this.#capacity) this.#drop();
    this.#slots[(this.#first + this.#size) % this.#capacity] = item;
    this.#size += 1;
  }

  /** Drops the oldest items until one does not match, and returns how many were dropped. */
  dropWhile(matches: (item: T) => boolean): number {
    const before = this.#size;
    for (let oldest = this.#at(0); oldest !== undefined && matches(oldest); oldest = this.#at(0)) this.#drop();
    return before - this.#size;
  }

  /** The latest items up to the first one that does not match, oldest first. Default: all items. */
  latest(matches: (item: T) => boolean = () => true): T[] {
    const items: T[] = [];
    for (let index = this.#size - 1; index >= 0; index--) {
      const item = this.#at(index);
      if (item === undefined || !matches(item)) break;
      items.push(item);
    }
    return items.reverse();
  }

  #at(index: number): T | undefined {
    return this.#slots[(this.#first + index) % this.#capacity];
  }

  #drop(): void {
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#capacity;
    this.#size -= 1;
  }
}
