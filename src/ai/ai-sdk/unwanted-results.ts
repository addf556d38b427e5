import { isArray } from '../../input/index.js';
import { requireAnswer, warnOfHook } from '../../runtime/index.js';
import { hasFields, toFields, toText } from '../../streams/index.js';

/** What an answer can be that is no error, and that another model may do better. */
export const UNWANTED_REASONS = [
  'content_filter',
  'refusal',
  'length',
  'interrupted',
  'empty',
  'error',
  'other',
] as const;

/**
 * What an answer can be that is no error, and that another model may do better. `content_filter`: filtered. `refusal`: the
 * model refused. `length`: cut off by its limit of tokens. `interrupted`: ended without a finish reason. `empty`: has no
 * content. `error`, `other`: the finish reasons of that name.
 */
export type UnwantedReason = (typeof UNWANTED_REASONS)[number];

/** An answer of a language model, as `failOn` receives it. */
export interface ModelResult {
  /** Why the answer ended: the SDK's word, and the provider's, if it gave one. */
  readonly finishReason: { readonly unified: string; readonly raw: string | undefined };
  /** The parts of the answer. Of a stream: empty, since it is asked only if no content has come. */
  readonly content: readonly unknown[];
  /** The tokens of the answer, in the SDK's shape. */
  readonly usage: unknown;
}

/** Which answers count as failed attempts: their reasons, or a function that returns the reason for those. */
export type FailOn = readonly UnwantedReason[] | ((result: ModelResult) => string | undefined);

/** Returns why an answer is not wanted; `undefined` if it is accepted, or no answer of a language model. */
export function findUnwanted(failOn: FailOn | undefined, answer: unknown): string | undefined {
  if (failOn === undefined) return undefined;
  const result = toResult(answer);
  if (result === undefined) return undefined;
  if (typeof failOn !== 'function') return listReasons(result).find((reason) => failOn.includes(reason));
  try {
    return toText(requireAnswer('failOn', failOn(result)));
  } catch (error) {
    warnOfHook('failOn', error);
    return undefined;
  }
}

function toResult(answer: unknown): ModelResult | undefined {
  const { finishReason, content, usage } = toFields(answer);
  const { unified, raw } = toFields(finishReason);
  const word = toText(finishReason) ?? toText(unified);
  if (word === undefined) return undefined;
  return { finishReason: { unified: word, raw: toText(raw) }, content: isArray(content) ? content : [], usage };
}

/** The most telling one first. */
function listReasons({ finishReason: { unified, raw }, content }: ModelResult): readonly UnwantedReason[] {
  const reasons: UnwantedReason[] = [];
  if (raw === 'refusal') reasons.push('refusal');
  if (unified === 'content-filter') reasons.push('content_filter');
  if (unified === 'length') reasons.push('length');
  if (unified === 'error') reasons.push('error');
  // Before version 4 of the interface, a model that gave no finish reason has `other`, without a word of the provider.
  if (unified === 'interrupted' || (unified === 'other' && raw === undefined)) reasons.push('interrupted');
  if (unified === 'other') reasons.push('other');
  if (content.every(isEmptyText)) reasons.push('empty');
  return reasons;
}

function isEmptyText(part: unknown): boolean {
  return hasFields(part) && part.type === 'text' && part.text === '';
}

/** Whether a value is a {@link FailOn}. */
export function isFailOn(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return isArray(value) && value.every((each) => UNWANTED_REASONS.some((reason) => reason === each));
}
