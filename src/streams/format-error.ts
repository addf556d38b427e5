/** What is wrong with the bytes of a stream. */
export type StreamFormatProblem =
  /** One event is longer than the limit. */
  | 'event_too_long'
  /** A frame says that it has a length, or headers, that it cannot have. */
  | 'malformed_frame'
  /** The checksum of a frame is wrong. */
  | 'wrong_checksum';

const SENTENCES: Readonly<Record<StreamFormatProblem, string>> = {
  event_too_long: 'an event of the stream is longer than the limit',
  malformed_frame: 'a frame of the stream is malformed',
  wrong_checksum: 'a frame of the stream has a wrong checksum',
};

/** The bytes of a stream cannot be read any further. Says nothing of what they were. */
export class StreamFormatError extends Error {
  override readonly name = 'StreamFormatError';
  readonly problem: StreamFormatProblem;

  constructor(problem: StreamFormatProblem) {
    super(SENTENCES[problem]);
    this.problem = problem;
  }
}
