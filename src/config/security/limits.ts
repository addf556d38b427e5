/** How large a config from outside may be. What is larger is refused before anything else looks at it. */
export interface SecurityLimits {
  /** Of the text in UTF-8, or of a parsed value written as JSON without spaces. */
  readonly maxBytes: number;
  /** Of one string, in UTF-16 units. */
  readonly maxStringLength: number;
  /** Of the name of one field, in UTF-16 units. */
  readonly maxKeyLength: number;
  /** In one array. */
  readonly maxItems: number;
  /** In one object. */
  readonly maxFields: number;
  /** How many objects and arrays may lie around another one; the outermost lies in none. */
  readonly maxDepth: number;
  /** Of the same character in a row, before there is a warning. */
  readonly maxRepeats: number;
}

/** The limits that hold for every config from outside. */
export const SECURITY_LIMITS: SecurityLimits = Object.freeze({
  maxBytes: 4_096,
  maxStringLength: 200,
  maxKeyLength: 200,
  maxItems: 20,
  maxFields: 50,
  maxDepth: 10,
  maxRepeats: 10,
});
