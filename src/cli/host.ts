/** Where text goes. `process.stdout` is one. */
export interface Sink {
  write(text: string): unknown;
}

/** What a run of the command line knows of the process that it runs in. */
export interface Host {
  /** Gets the result, and nothing else. */
  readonly stdout: Sink;
  /** Gets what is said about the result, and what goes wrong. */
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths start from. */
  readonly cwd: string;
  /** Whether stdout is a terminal. Colour goes to no other place. */
  readonly isTty: boolean;
  /** The version of the package. Asked only when it is wanted. */
  readonly version: () => string;
}
