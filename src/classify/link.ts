import type { Findings } from './body.js';
import { findingsIn } from './findings.js';
import { type AnswerHeaders, headersOf } from './headers.js';
import { type Origin, originOf } from './providers.js';
import { hasFields, look, type Sight, safely } from './sight.js';
import { answerStatusOf, errorStatusOf } from './status.js';

/** One error of a chain of causes, as far as it can be read. */
export class Link {
  readonly error: unknown;
  /** Whether it is about the same request as the outermost: not about another attempt. */
  readonly isTrunk: boolean;
  readonly sight: Sight;
  readonly name: string;
  readonly message: string;
  /** The status of the answer itself, whatever its body says. */
  readonly answerStatus: number | undefined;
  /** Its HTTP status: that of an error if there is one, otherwise that of the answer. */
  readonly status: number | undefined;
  /** Its own codes, types and message first, then those of its body. */
  readonly found: Findings;
  readonly headers: AnswerHeaders | undefined;
  #className: string | undefined;
  #origin: Origin | undefined;

  constructor(error: unknown, isTrunk: boolean) {
    this.error = error;
    this.isTrunk = isTrunk;
    const sight = hasFields(error) ? look(error) : { message: error };
    this.sight = sight;
    this.name = textOr(sight.name);
    this.message = textOr(sight.message);
    this.answerStatus = answerStatusOf(sight);
    this.found = findingsIn(sight, this.message);
    this.status =
      errorStatusOf(this.answerStatus) ?? errorStatusOf(sight.code) ?? this.found.status ?? this.answerStatus;
    this.headers = headersOf(sight);
  }

  /** The name of its class, since some SDKs name all their errors `Error`. */
  get className(): string {
    this.#className ??= classNameOf(this.sight.constructor);
    return this.#className;
  }

  /** Where it comes from. Found out when somebody asks, and once, since headers are slow to read. */
  get origin(): Origin {
    this.#origin ??= originOf(this.sight, this.headers);
    return this.#origin;
  }
}

/** What the first error that tells it says. */
export function firstOf<T>(links: readonly Link[], read: (link: Link) => T | undefined): T | undefined {
  for (const link of links) {
    const found = read(link);
    if (found !== undefined) return found;
  }
  return undefined;
}

function classNameOf(made: unknown): string {
  return typeof made === 'function' ? textOr(safely(() => made.name)) : '';
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
