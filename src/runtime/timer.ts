/** A running timer. */
export type Timer = ReturnType<typeof setTimeout>;

/** Starts a timer that does not keep the process alive. */
export function startTimer(ms: number, onTime: () => void): Timer {
  const timer = setTimeout(onTime, ms);
  // Under a DOM's timers it is a number.
  if (typeof timer === 'object') timer.unref();
  return timer;
}

/** Stops a timer; a timer that has fired is left as it is. */
export function stopTimer(timer: Timer): void {
  clearTimeout(timer);
}
