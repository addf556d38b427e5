// @ts-check

/**
 * Counts the timers that are alive, the unreferenced ones included, which `process.getActiveResourcesInfo()` leaves out.
 * Counts what is created through the globals from now on, which is where all contenders look. Keeping count takes memory
 * for each timer: read the heap before.
 *
 * @returns {{ alive: () => number }}
 */
export function countTimers() {
  /** @type {Set<unknown>} */
  const alive = new Set();
  globalThis.setTimeout = new Proxy(globalThis.setTimeout, {
    apply(create, self, [onTime, ...rest]) {
      /** @param {unknown[]} args */
      const once = (...args) => {
        alive.delete(timer);
        onTime(...args);
      };
      const timer = Reflect.apply(create, self, [once, ...rest]);
      alive.add(timer);
      return timer;
    },
  });
  globalThis.setInterval = new Proxy(globalThis.setInterval, {
    apply(create, self, args) {
      const timer = Reflect.apply(create, self, args);
      alive.add(timer);
      return timer;
    },
  });
  /** @type {ProxyHandler<typeof clearTimeout>} */
  const forgetting = {
    apply(clear, self, args) {
      alive.delete(args[0]);
      return Reflect.apply(clear, self, args);
    },
  };
  globalThis.clearTimeout = new Proxy(globalThis.clearTimeout, forgetting);
  globalThis.clearInterval = new Proxy(globalThis.clearInterval, forgetting);
  return { alive: () => alive.size };
}
