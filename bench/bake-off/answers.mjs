// @ts-check

/** The models: the first is in trouble, the second is well. */
export const MODELS = /** @type {const} */ (['alpha', 'beta']);

const WORDS = 12;

/**
 * What became of a call. Besides `right`, `failed` (an error) and `waiting` (nothing came in time), all are wrong answers that were
 * delivered: the text of two models, a text that repeats itself, a part of a text that ended as if it were whole, nothing at
 * all that ended as if it were an answer, and something else, such as a page.
 *
 * @typedef {'right' | 'failed' | 'waiting' | WrongAnswer} Verdict
 */

/** @typedef {typeof WRONG_ANSWERS[number]} WrongAnswer */

export const WRONG_ANSWERS = /** @type {const} */ (['mixed', 'doubled', 'cut off', 'empty', 'no answer']);

/** @param {number} question */
export function promptOf(question) {
  return `This is question ${question}.`;
}

/**
 * Which question a request asks.
 * @param {string} body of the request
 */
export function questionIn(body) {
  return Number(/This is question (\d+)\./.exec(body)?.[1] ?? 0);
}

/**
 * The answer of a model: each word tells who said it, to what, and where it belongs.
 * @param {string} model
 * @param {number} question
 * @returns {readonly string[]}
 */
export function wordsOf(model, question) {
  return Array.from({ length: WORDS }, (_, nth) => `${model}-${question}-${nth}`);
}

/**
 * Judges what a caller has got.
 * @param {string} text everything that was delivered
 * @param {number} question
 * @param {'whole' | 'error' | 'waiting'} ended how it ended for the caller
 * @returns {Verdict}
 */
export function judge(text, question, ended) {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const spoke = MODELS.filter((model) => words.some((word) => word.startsWith(`${model}-`)));
  if (spoke.length > 1) return 'mixed';
  if (new Set(words).size < words.length && spoke.length === 1) return 'doubled';
  if (ended !== 'whole') return ended === 'error' ? 'failed' : 'waiting';
  if (words.length === 0) return 'empty';
  const [model] = spoke;
  if (model === undefined) return 'no answer';
  const whole = wordsOf(model, question).join(' ');
  if (words.join(' ') === whole) return 'right';
  return whole.startsWith(words.join(' ')) ? 'cut off' : 'no answer';
}
