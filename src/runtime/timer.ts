/** A running timer. */
export type Timer = ReturnType<typeof setTimeout>;

/** Starts a timer that does not keep the process alive. */
export function startTimer(ms: number, onTime: () => void): Timer {
  const timer = setTimeout(onTime, ms);
  timer.unref();
  return timer;
}

/** Stops a timer; a timer that has fired is left as it is. */
export function stopTimer(timer: Timer): void {
  clearTimeout(timer);
}
