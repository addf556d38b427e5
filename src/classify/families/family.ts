import type { FailureKind } from '../../pipeline/index.js';

/** Words, by the kind that they mean. */
export type WordsByKind = Readonly<Partial<Record<FailureKind, readonly string[]>>>;

/** A piece of text that tells more than the status, where that status alone would mean one of `insteadOf`. */
export interface Phrase {
  readonly kind: FailureKind;
  readonly insteadOf: readonly FailureKind[];
  /** Any of these, in lower case. */
  readonly anyOf: readonly string[];
}

/** What is known of the errors of one provider, SDK or protocol: data alone. */
export interface Family {
  /** Codes, types, names and whole messages, exactly as they are written. */
  readonly words?: WordsByKind;
  /** Words that are believed only when nothing else in the whole chain of causes tells more. */
  readonly vague?: WordsByKind;
  /** Those of the words which make sure that the callee has done nothing. */
  readonly unexecuted?: readonly string[];
  readonly phrases?: readonly Phrase[];
  /** Who it is, and by what that shows. */
  readonly provider?: {
    readonly name: string;
    /** Names of error classes that nobody else uses. */
    readonly classes?: readonly string[];
    /** Response headers that nobody else sends, in lower case. */
    readonly headers?: readonly string[];
    /** Ends of host names. */
    readonly hosts?: readonly string[];
  };
}
