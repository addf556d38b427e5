// @ts-check

/**
 * Bytes in use after a full collection. Waits for two macrotasks, so that finalizers and dropped promises are done.
 * @returns {Promise<number>}
 */
export async function heapAfterGc() {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc: the heap is read after a full collection.');
  for (let pass = 0; pass < 3; pass += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
