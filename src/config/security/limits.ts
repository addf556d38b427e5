/** How large an untrusted config may be. */
export interface SecurityLimits {
  /** Bytes of the text in UTF-8, or of a parsed value as JSON without spaces. */
  readonly maxBytes: number;
  /** UTF-16 units in a string. */
  readonly maxStringLength: number;
  /** UTF-16 units in the name of a field. */
  readonly maxKeyLength: number;
  /** Items in an array. */
  readonly maxItems: number;
  /** Fields in an object. */
  readonly maxFields: number;
  /** Objects and arrays around another one. */
  readonly maxDepth: number;
  /** Repetitions of a character in a row. More of them cause a warning. */
  readonly maxRepeats: number;
}

/** The limits for every untrusted config. */
export const SECURITY_LIMITS: SecurityLimits = Object.freeze({
  maxBytes: 4_096,
  maxStringLength: 200,
  maxKeyLength: 200,
  maxItems: 20,
  maxFields: 50,
  maxDepth: 10,
  maxRepeats: 10,
});
