/** What the process ends with. */
export const EXIT: { readonly ok: 0; readonly finding: 1; readonly usage: 2; readonly internal: 70 } = {
  /** All is well. */
  ok: 0,
  /** The work is done, and something was found: an invalid config, a regression, a difference that was asked for. */
  finding: 1,
  /** Nothing was done: the command line is wrong, or a file cannot be read. */
  usage: 2,
  /** A fault of holdfast itself. */
  internal: 70,
};

/** What a command that has done its work can end with. */
export type DoneCode = typeof EXIT.ok | typeof EXIT.finding;
