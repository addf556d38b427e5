/** Parses the body of a stream from chunks that may end anywhere, also within a character. */
export interface EventParser<Event> {
  /**
   * Adds a chunk.
   *
   * @returns the events that it completes.
   * @throws {StreamFormatError} if the bytes cannot be read any further. Every later chunk throws it too.
   */
  push(chunk: Uint8Array): readonly Event[];
  /**
   * Ends the body.
   *
   * @returns the last event if the body ended without the line end behind it. It may have been cut off. None
   * if the bytes could not be read.
   */
  end(): readonly Event[];
}

/** The longest event that is accepted, in bytes or in UTF-16 units of its text: 16 MiB. */
export const LONGEST_EVENT = 16_777_216;
