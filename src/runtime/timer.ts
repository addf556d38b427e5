/** A running timer. */
export type Timer = ReturnType<typeof setTimeout>;

/** Starts a timer that does not keep the process alive. */
export function startTimer(ms: number, onTime: () => void): Timer {
  const timer = setTimeout(onTime, ms);
  // Under a DOM's timers it is a number.
  if (typeof timer === 'object') timer.unref();
  return timer;
}

/**
 * Starts a timer that somebody's call is waiting for. Unlike a limit, which only guards work that keeps the process alive by
 * itself, nothing else may be under way meanwhile: it does keep the process alive.
 */
export function startWait(ms: number, onTime: () => void): Timer {
  return setTimeout(onTime, ms);
}

/** Stops a timer; a timer that has fired is left as it is. */
export function stopTimer(timer: Timer): void {
  clearTimeout(timer);
}
