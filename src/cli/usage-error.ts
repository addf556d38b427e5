/** The command line, or a file that it names, is not one that can be worked with. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What was probably meant. */
  readonly suggestion: string | undefined;

  constructor(message: string, suggestion?: string) {
    super(message);
    this.suggestion = suggestion;
  }
}
