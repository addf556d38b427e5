import { ChainedError } from './chained-error.js';
import { type Evidence, selectHigherRanked, toEvidence } from './error-codes.js';
import { hasFields, tryRead } from './error-fields.js';
import { isCarrier } from './holdfast-errors.js';
import { findStrongEvidence, findWeakEvidence, type Verdict } from './verdict.js';

const MAX_DEPTH = 8;
const MAX_CHAINED = 32;
const MAX_LISTED = 8;

/** An error with the errors behind it. */
interface ChainNode {
  readonly error: ChainedError;
  /** `lastError`: the last of several attempts, if the library lists them. */
  readonly last: ChainNode | undefined;
  /** `errors`: other attempts, or errors of equal rank. */
  readonly others: readonly (ChainNode | undefined)[];
  readonly cause: ChainNode | undefined;
}

const NO_OTHERS: readonly undefined[] = [];

/**
 * An error with everything behind it: `cause`, `errors[]` and `lastError`. The outermost error with strong evidence decides;
 * if there is none, the outermost with weak evidence.
 */
export class ErrorChain {
  /** All of its errors, outermost first. */
  readonly errors: ChainedError[] = [];
  readonly #outermost: ChainNode | undefined;

  constructor(error: unknown) {
    this.#outermost = this.#read(error, 0, true);
  }

  /** The errors about the same request as the outermost: those of other attempts are left out. */
  get sameRequest(): ChainedError[] {
    return this.errors.filter(({ isSameRequest }) => isSameRequest);
  }

  /** Decides what the chain means as a whole. */
  decide(): Verdict {
    return decideByStrong(this.#outermost) ?? decideByWeak(this.errors);
  }

  #read(error: unknown, depth: number, isSameRequest: boolean): ChainNode | undefined {
    if (error === undefined || error === null || depth > MAX_DEPTH || this.errors.length >= MAX_CHAINED) {
      return undefined;
    }
    if (isCarrier(error))
      return this.#read(
        tryRead(() => error.error),
        depth + 1,
        isSameRequest,
      );
    if (hasFields(error) && this.errors.some((known) => known.error === error)) return undefined;
    const chained = new ChainedError(error, isSameRequest);
    this.errors.push(chained);
    const { lastError, errors, cause } = chained.fields;
    const last = this.#read(lastError, depth + 1, isSameRequest);
    const others = errors === undefined ? NO_OTHERS : this.#readOthers(errors, lastError, depth + 1);
    return { error: chained, last, others, cause: this.#read(cause, depth + 1, isSameRequest) };
  }

  #readOthers(errors: unknown, lastError: unknown, depth: number): readonly (ChainNode | undefined)[] {
    const listed = tryRead(() => (Array.isArray(errors) ? errors.slice(0, MAX_LISTED + 1) : [])) ?? [undefined];
    const others = listed.filter((error) => error !== lastError);
    // An error that is unreadable or beyond the limit is `undefined`: that attempt may have been executed.
    return others.map((error, index) => (index < MAX_LISTED ? this.#read(error, depth, false) : undefined));
  }
}

function decideByStrong(node: ChainNode | undefined): Verdict | undefined {
  if (node === undefined) return undefined;
  const { error } = node;
  const evidence = findStrongEvidence(error);
  if (evidence === undefined) return decideByInner(node);
  // With a response, a gateway was reached that reports its own refused connection: something may have been executed.
  const hasResponse = error.status !== undefined || error.findings.body !== undefined;
  const verdict = toVerdict(error, evidence, evidence.unexecuted && !hasResponse);
  if (evidence.kind !== 'cancelled') return verdict;
  // Some SDKs report a timeout as an abort, with the timeout as its cause.
  const inner = decideByInner(node);
  return inner?.kind === 'timeout' ? inner : verdict;
}

function decideByInner({ last, others, cause }: ChainNode): Verdict | undefined {
  if (last === undefined && others.length === 0) return decideByStrong(cause);
  const verdicts = others.map(decideByStrong);
  const decided = last === undefined ? verdicts.reduce(selectHigherRanked, undefined) : decideByStrong(last);
  if (decided === undefined) return undefined;
  // A single attempt that may have been executed is enough.
  const unexecuted = decided.unexecuted && verdicts.every((verdict) => verdict?.unexecuted === true);
  return toVerdict(decided.error, decided, unexecuted);
}

function decideByWeak(errors: readonly ChainedError[]): Verdict {
  for (const error of errors) {
    const evidence = findWeakEvidence(error);
    if (evidence !== undefined) return toVerdict(error, evidence, false);
  }
  return toVerdict(errors[0] ?? new ChainedError(undefined, true), toEvidence('unknown'), false);
}

function toVerdict(error: ChainedError, { kind, code, failure }: Evidence, unexecuted: boolean): Verdict {
  return { kind, code, unexecuted, failure, error };
}
