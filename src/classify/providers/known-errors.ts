import type { FailureKind } from '../../pipeline/index.js';

/** Codes, by the kind that they mean. */
export type CodesByKind = Readonly<Partial<Record<FailureKind, readonly string[]>>>;

/** A phrase that is more specific than the status, if the status alone would mean one of `insteadOf`. */
export interface Phrase {
  readonly kind: FailureKind;
  readonly insteadOf: readonly FailureKind[];
  /** Any of these, in lower case. */
  readonly anyOf: readonly string[];
}

/** The known errors of one provider, SDK or protocol, as data. */
export interface KnownErrors {
  /** Codes, types, names and whole messages, exactly as written. */
  readonly codes?: CodesByKind;
  /** Codes that count only if there is no other evidence in the whole chain of causes. */
  readonly weakCodes?: CodesByKind;
  /** The codes that prove that the provider executed nothing. */
  readonly unexecutedCodes?: readonly string[];
  readonly phrases?: readonly Phrase[];
  /** The provider, and what identifies it. */
  readonly provider?: {
    readonly name: string;
    /** Names of error classes that no other SDK uses. */
    readonly classes?: readonly string[];
    /** Response headers that no other provider sends, in lower case. */
    readonly headers?: readonly string[];
    /** Domains of its hosts. */
    readonly hosts?: readonly string[];
  };
}
