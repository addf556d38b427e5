/** A running timer. */
export type Timer = ReturnType<typeof setTimeout>;

/** Starts a timer that does not keep the process alive: for limits, since the limited work itself keeps it alive. */
export function startTimer(ms: number, onTime: () => void): Timer {
  const timer = setTimeout(onTime, ms);
  // A DOM's timers are numbers.
  if (typeof timer === 'object') timer.unref();
  return timer;
}

/**
 * Starts a timer that a call is waiting for. It keeps the process alive, since nothing else may be in progress during the
 * wait.
 */
export function startWait(ms: number, onTime: () => void): Timer {
  return setTimeout(onTime, ms);
}

/** Stops a timer. Has no effect after the timer has fired. */
export function stopTimer(timer: Timer): void {
  clearTimeout(timer);
}
