const SMALLEST_BYTES = 4_096;

/** Bytes that are added at the end and dropped from the beginning. Copied a constant number of times each. */
export class GrowingBytes {
  #store: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  add(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#store.length) this.#makeRoom(bytes.length);
    this.#store.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** All of them. Valid until others are added. */
  view(): Uint8Array {
    return this.#store.subarray(this.#start, this.#end);
  }

  /** Drops the first ones. */
  drop(count: number): void {
    this.#start += count;
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    // What a long frame needed is not kept for short ones.
    if (this.#store.length > SMALLEST_BYTES) this.#store = new Uint8Array(0);
  }

  #makeRoom(count: number): void {
    const kept = this.view();
    const needed = kept.length + count;
    const store = new Uint8Array(Math.max(SMALLEST_BYTES, needed * 2));
    store.set(kept);
    this.#store = store;
    this.#start = 0;
    this.#end = kept.length;
  }
}
