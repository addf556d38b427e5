// @ts-check

/** @typedef {import('./provider.mjs').Behaviour} Behaviour */
/** @typedef {import('./provider.mjs').Script} Script */

/**
 * What the first provider does wrong, and which calls are made meanwhile.
 *
 * @typedef {object} Trouble
 * @property {string} name
 * @property {'plain' | 'streamed' | 'both'} calls `both`: in turns
 * @property {Script} script of the first provider; the second is well
 * @property {Herd} [herd] default: 20 calls, one every 100 ms
 */

/** @typedef {{ calls: number, everyMs: number }} Herd */

/** @type {Behaviour} */
const WELL = { kind: 'well' };

/**
 * Two of four questions meet the trouble, in their first requests.
 * @param {Behaviour} behaviour
 * @param {number} times
 * @returns {Script}
 */
const half =
  (behaviour, times = 1) =>
  ({ question, attempt }) =>
    question % 4 < 2 && attempt <= times ? behaviour : WELL;

/**
 * Every request meets it for some time.
 * @param {Behaviour} behaviour
 * @param {number} forMs
 * @returns {Script}
 */
const all =
  (behaviour, forMs = Number.POSITIVE_INFINITY) =>
  ({ sinceFirstMs }) =>
    sinceFirstMs < forMs ? behaviour : WELL;

const SERVER_ERROR = /** @type {const} */ ({ kind: 'refuses', status: 500, code: 'server_error' });
const OVERLOADED = /** @type {const} */ ({ kind: 'refuses', status: 503, code: 'server_is_overloaded' });
const QUOTA = /** @type {const} */ ({ kind: 'refuses', status: 429, code: 'insufficient_quota' });
const LIMITED = /** @type {const} */ ({
  kind: 'refuses',
  status: 429,
  code: 'rate_limit_exceeded',
  headers: { 'retry-after': '1' },
});

/** @type {readonly Trouble[]} */
export const TROUBLES = [
  { name: 'none', calls: 'both', script: () => WELL },
  { name: '500 twice, then well (half of the calls)', calls: 'both', script: half(SERVER_ERROR, 2) },
  { name: '429 with `retry-after: 1` for a second', calls: 'both', script: all(LIMITED, 1_000) },
  { name: 'every connection is reset', calls: 'both', script: all({ kind: 'resets' }) },
  { name: 'no response (half)', calls: 'both', script: half({ kind: 'is silent' }) },
  {
    name: 'a stream stalls before its first word (half)',
    calls: 'streamed',
    script: half({ kind: 'stalls', after: 'the headers' }),
  },
  {
    name: 'a stream stalls after some words (half)',
    calls: 'streamed',
    script: half({ kind: 'stalls', after: 'some content' }),
  },
  {
    name: 'a stream ends after some words, without its end marker (half)',
    calls: 'streamed',
    script: half({ kind: 'ends', after: 'some content' }),
  },
  {
    name: 'the connection breaks after some words of a stream (half)',
    calls: 'streamed',
    script: half({ kind: 'breaks off', after: 'some content' }),
  },
  {
    name: 'a stream reports an error before its first word (half)',
    calls: 'streamed',
    script: half({ kind: 'reports an error', after: 'the headers' }),
  },
  {
    name: 'a stream reports an error after some words (half)',
    calls: 'streamed',
    script: half({ kind: 'reports an error', after: 'some content' }),
  },
  { name: '200 with a page in HTML (half)', calls: 'both', script: half({ kind: 'sends a page' }) },
  { name: 'an answer is cut in its body (half)', calls: 'plain', script: half({ kind: 'cuts the body' }) },
  { name: '`insufficient_quota`', calls: 'both', script: all(QUOTA) },
  {
    name: '503 for two seconds, 30 calls at once',
    calls: 'both',
    script: all(OVERLOADED, 2_000),
    herd: { calls: 30, everyMs: 0 },
  },
];
