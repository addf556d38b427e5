import type { ChainedError } from './chained-error.js';
import { type Evidence, findStrongCode, findWeakCode, selectHigherRanked, toEvidence } from './error-codes.js';
import { findOwnFailure } from './holdfast-errors.js';
import { findKindByPhrases } from './phrases.js';
import { findStatusKind, findStatusOverride } from './status-kinds.js';

/** What an error means, and which error of its chain of causes decided it. */
export interface Verdict extends Evidence {
  readonly error: ChainedError;
}

/** Known messages are compared as a whole; longer ones are not looked up. */
const MAX_KNOWN_MESSAGE_LENGTH = 40;

/** Finds what an error says on its own, regardless of the rest of its chain. */
export function findStrongEvidence(error: ChainedError): Evidence | undefined {
  const failure = findOwnFailure(error.error, error.fields.code);
  if (failure !== undefined) {
    return { kind: failure.kind, code: undefined, unexecuted: failure.unexecuted === true, failure };
  }
  const { codes, types, texts, kind } = error.findings;
  const byCode = selectStrongest(types, selectStrongest(codes, undefined)) ?? findByName(error, findStrongCode);
  const statusKind = findStatusKind(error.status);
  const evidence = statusKind === undefined ? byCode : selectHigherRanked(byCode, toEvidence(statusKind));
  if (evidence === undefined) return undefined;
  const exactKind = kind ?? findStatusOverride(error) ?? findKindByPhrases(evidence.kind, texts);
  return exactKind === undefined ? evidence : toEvidence(exactKind);
}

/** Finds what an error makes likely, for a chain without strong evidence. */
export function findWeakEvidence(error: ChainedError): Evidence | undefined {
  const { codes, types, texts } = error.findings;
  const byCode = findFirstWeak(codes) ?? findFirstWeak(types) ?? findByName(error, findWeakCode) ?? findBySuffix(error);
  const exactKind = findKindByPhrases(byCode?.kind ?? 'unknown', texts);
  return exactKind === undefined ? byCode : toEvidence(exactKind);
}

function selectStrongest(codes: readonly string[], first: Evidence | undefined): Evidence | undefined {
  let strongest = first;
  for (const code of codes) strongest = selectHigherRanked(strongest, findStrongCode(code));
  return strongest;
}

function findFirstWeak(codes: readonly string[]): Evidence | undefined {
  for (const code of codes) {
    const evidence = findWeakCode(code);
    if (evidence !== undefined) return evidence;
  }
  return undefined;
}

/** Nearly every library has its own timeout class. */
function findBySuffix({ name, className }: ChainedError): Evidence | undefined {
  return [name, className].some((one) => one.endsWith('TimeoutError')) ? toEvidence('timeout') : undefined;
}

/** Names are used only if there is no code, since they mislead: the AWS SDK calls a reset connection a `TimeoutError`. */
function findByName(
  { name, className, message }: ChainedError,
  findCode: (code: string) => Evidence | undefined,
): Evidence | undefined {
  const byName = findCode(name) ?? (className === name ? undefined : findCode(className));
  return byName ?? (message.length <= MAX_KNOWN_MESSAGE_LENGTH ? findCode(message) : undefined);
}
