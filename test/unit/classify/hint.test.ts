import { describe, expect, it } from 'vitest';
import { type HintPlaces, MAX_HINT_MS, readHint } from '../../../src/classify/hint.js';
import { ResponseHeaders } from '../../../src/classify/response.js';

const NOW = Date.parse('2026-11-21T08:00:00Z');

function withHeaders(fields: Readonly<Record<string, string>>): HintPlaces {
  return { headers: new ResponseHeaders(fields), limited: true };
}

const read = (places: HintPlaces) => readHint(places, () => NOW);
const readMs = (fields: Readonly<Record<string, string>>) => read(withHeaders(fields))?.ms;

describe('readHint with a header', () => {
  it.each([
    ['retry-after-ms', '1500', 1_500],
    ['retry-after-ms', '0.5', 0.5],
    ['x-ms-retry-after-ms', '2500', 2_500],
    ['retry-after', '90', 90_000],
    ['retry-after', ' 1.5 ', 1_500],
    ['retry-after', '.5', 500],
    ['retry-after', 'Sat, 21 Nov 2026 08:01:30 GMT', 90_000],
    ['retry-after', 'Saturday, 21-Nov-26 08:01:30 GMT', 90_000],
    ['retry-after', 'Sat Nov 21 08:01:30 2026', 90_000],
    ['retry-after', 'Sat, 21 Nov 2026 07:00:00 GMT, 7', 7_000],
    ['retry-after', '5, 9', 9_000],
    ['x-amz-retry-after', '1500', 1_500],
  ] as const)('reads from %s: %s a hint of %d ms', (name, text, ms) => {
    expect(read(withHeaders({ [name]: text }))).toEqual({ ms, source: name, isUpperBound: false });
  });

  it.each([
    '',
    '0',
    '-5',
    '+5',
    'NaN',
    'Infinity',
    '1e3',
    '0x10',
    'soon',
    '5s',
    '9'.repeat(400),
    String(MAX_HINT_MS / 1_000 + 1),
    'Sat, 21 Nov 2026 07:59:59 GMT',
    'Sat, 21 Nov 2026 08:00:00 GMT',
    'Sat, 99 Nov 2026 08:00:00 GMT',
    'Sun, 21 Nov 2027 08:00:01 GMT',
    '2026-11-21T08:01:30Z',
    '21 Nov 2026',
  ])('skips the header retry-after: %j', (text) => {
    expect(readMs({ 'retry-after': text })).toBeUndefined();
  });

  it('accepts a retry-after of exactly a year', () => {
    expect(readMs({ 'retry-after': String(MAX_HINT_MS / 1_000) })).toBe(MAX_HINT_MS);
  });

  it.each([-3_600_000, 3_600_000, 10 * 365 * 86_400_000])(
    'compares a date with the date of the response, so a clock that is %d ms off does no harm',
    (off) => {
      const places = withHeaders({
        date: 'Sat, 21 Nov 2026 08:00:00 GMT',
        'retry-after': 'Sat, 21 Nov 2026 08:01:30 GMT',
      });
      expect(readHint(places, () => NOW + off)?.ms).toBe(90_000);
    },
  );

  it('compares a date with the local clock if the response has no valid date', () => {
    expect(readMs({ date: 'today', 'retry-after': 'Sat, 21 Nov 2026 08:01:30 GMT' })).toBe(90_000);
  });
});

describe('readHint with a RetryInfo in the body', () => {
  it.each([
    ['34.07s', 34_070],
    ['900ms', 900],
    [{ seconds: 3, nanos: 500_000_000 }, 3_500],
    [{ seconds: '3' }, 3_000],
    [{ nanos: 500_000_000 }, 500],
  ])('reads the delay %j as %d ms', (retryDelay, ms) => {
    expect(read({ retryDelay })).toEqual({ ms, source: 'retry-info', isUpperBound: false });
  });

  it.each(['', 's', '-1s', '0s', 34, null, {}, { seconds: 'x' }, { seconds: -1 }, [], '1y'])(
    'finds no hint in the delay %j',
    (retryDelay) => {
      expect(read({ retryDelay })).toBeUndefined();
    },
  );
});

describe("readHint with Anthropic's rate limit headers", () => {
  const left = (remaining: string, reset: string, limit = 'requests') => ({
    [`anthropic-ratelimit-${limit}-remaining`]: remaining,
    [`anthropic-ratelimit-${limit}-reset`]: reset,
  });

  it('returns the time until the last of the exhausted limits is refilled', () => {
    const fields = {
      ...left('41', '2026-11-21T09:00:00Z'),
      ...left('0', '2026-11-21T08:00:30Z', 'input-tokens'),
      ...left('0', '2026-11-21T08:00:20.5+00:00', 'output-tokens'),
    };
    const source = 'anthropic-ratelimit-reset';
    expect(read(withHeaders(fields))).toEqual({ ms: 30_000, source, isUpperBound: true });
  });

  it('compares a reset with the date of the response', () => {
    const fields = { ...left('0', '2026-11-21T08:00:30Z'), date: 'Sat, 21 Nov 2026 08:00:10 GMT' };
    expect(readMs(fields)).toBe(20_000);
  });

  it('reads the unified reset in seconds as an exact hint', () => {
    const fields = { 'anthropic-ratelimit-unified-reset': String(NOW / 1_000 + 7) };
    expect(read(withHeaders(fields))).toEqual({ ms: 7_000, source: 'anthropic-ratelimit-reset', isUpperBound: false });
  });

  it.each([
    left('41', '2026-11-21T08:00:30Z'),
    left('0', '2026-11-21T07:59:30Z'),
    left('0', 'soon'),
    left('', '2026-11-21T08:00:30Z'),
    { 'anthropic-ratelimit-requests-reset': '2026-11-21T08:00:30Z' },
    { 'anthropic-ratelimit-unified-reset': '7' },
    {
      'anthropic-ratelimit-unified-reset': String(NOW / 1_000 + 7),
      'anthropic-ratelimit-unified-status': 'allowed_warning',
    },
  ])('finds no hint in the headers %j', (fields) => {
    expect(readMs(fields)).toBeUndefined();
  });
});

describe("readHint with rate limit headers in OpenAI's format", () => {
  it.each([
    ['12ms', 12],
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['17', 17_000],
  ])('reads a refill in %s as an upper bound of %d ms', (text, ms) => {
    const expected = { ms, source: 'x-ratelimit-reset', isUpperBound: true };
    expect(read(withHeaders({ 'x-ratelimit-reset-requests': text }))).toEqual(expected);
    expect(read(withHeaders({ 'x-ratelimit-reset-tokens': text }))).toEqual(expected);
  });

  it('uses the exhausted limits, or all of them if none is exhausted', () => {
    const fields = { 'x-ratelimit-reset-requests': '9s', 'x-ratelimit-reset-tokens': '4s' };
    expect(readMs(fields)).toBe(9_000);
    expect(readMs({ ...fields, 'x-ratelimit-remaining-tokens': '0' })).toBe(4_000);
    const past = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '2026-11-21T07:59:59Z' };
    expect(readMs({ ...fields, ...past })).toBe(9_000);
  });

  it.each(['0', '-1', '0s', '', 'x', '5x', '-5s'])('finds no hint in the reset %j', (text) => {
    expect(readMs({ 'x-ratelimit-reset-requests': text })).toBeUndefined();
  });

  it.each([
    ['Unix time in ms', String(NOW + 5_000)],
    ['Unix time in seconds', String(NOW / 1_000 + 5)],
    ['a timestamp', '2026-11-21T08:00:05Z'],
    ['seconds', '5'],
    ['a duration', '5s'],
  ])('reads a single window given as %s as an exact hint: %s', (_how, text) => {
    const expected = { ms: 5_000, source: 'x-ratelimit-reset', isUpperBound: false };
    expect(read(withHeaders({ 'x-ratelimit-reset': text }))).toEqual(expected);
  });

  it('ignores rate limit headers if no limit has failed', () => {
    const places = withHeaders({ 'x-ratelimit-reset': '5', 'x-ratelimit-reset-tokens': '5s' });
    expect(read({ ...places, limited: false })).toBeUndefined();
  });
});

describe('readHint with a text', () => {
  it.each([
    ['Rate limit reached. Please try again in 20s.', 20_000],
    ['Please try again in 12ms. Visit https://example.com', 12],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 1h2m3.5s', 3_723_500],
    ['Please retry in 34.074824224s.', 34_074.824_224],
    ['Requests have exceeded the limit. Please retry after 33 seconds.', 33_000],
    ['retry after 1 second', 1_000],
    ['Try again in 5 minutes', 300_000],
    ['try again in 5min', 300_000],
    ['try again in 2 hours', 7_200_000],
    ['try again in 250 milliseconds', 250],
    ['try again in 1 minute and 30 seconds, please', 90_000],
    ['try again in 1 hour, 2 minutes and 3.5 seconds.', 3_723_500],
    ['try again in 1m 30s', 90_000],
    ['try again in 20s, 3 requests are left', 20_000],
    ['try again in 10-15 seconds', 10_000],
    ['Try again in 7', 7_000],
    ['You will regain access on 2026-11-22 at 08:00 UTC.', 86_400_000],
  ])('reads %j as %d ms', (text, ms) => {
    const hint = read({ texts: ['It failed.', text] });
    expect(hint).toEqual({ ms: expect.closeTo(ms, 6), source: 'message', isUpperBound: false });
  });

  it.each([
    'Please try again later.',
    'Please try again in a moment.',
    'Please try again after 2026-11-22 00:00 UTC.',
    'Please try again after 11/22/2026.',
    'Please try again after 3:30 PM.',
    'Please try again in 10,000 ms.',
    'retry after 3 attempts',
    'try again in 0s',
    'try again in -5s',
    'try again in 999999999999h',
    'You will regain access on 2026-11-20 at 00:00 UTC.',
    'You will regain access on 2026-99-99 at 99:99 UTC.',
    '',
  ])('finds no hint in %j', (text) => {
    expect(read({ texts: [text] })).toBeUndefined();
  });
});

describe('readHint with hints in several places', () => {
  const ALL: readonly (readonly [string, string, number])[] = [
    ['retry-after-ms', '1', 1],
    ['x-ms-retry-after-ms', '2', 2],
    ['retry-after', '3', 3_000],
    ['x-amz-retry-after', '4', 4],
  ];

  it.each(ALL.map(([name], index) => ({ name, index })))('prefers $name to the headers after it', ({ index }) => {
    const fields = Object.fromEntries(ALL.slice(index));
    expect(readMs(fields)).toBe(ALL[index]?.[2]);
  });

  it('prefers the body to rate limit headers, and these to the text', () => {
    const limits = { 'x-ratelimit-reset-tokens': '5s', 'anthropic-ratelimit-unified-reset': String(NOW / 1_000 + 6) };
    const all = { ...withHeaders(limits), retryDelay: '4s', texts: ['try again in 7s'] };
    expect(read(all)?.source).toBe('retry-info');
    expect(read({ ...all, retryDelay: undefined })?.source).toBe('anthropic-ratelimit-reset');
    expect(read({ ...all, ...withHeaders({ 'x-ratelimit-reset-tokens': '5s' }), retryDelay: 0 })?.ms).toBe(5_000);
    expect(read({ ...all, ...withHeaders({}), retryDelay: undefined })?.source).toBe('message');
  });

  it('reads the clock only for dates', () => {
    const never = () => {
      throw new Error('was read');
    };
    expect(readHint({ ...withHeaders({ 'retry-after': '3' }), texts: ['try again in 7s'] }, never)?.ms).toBe(3_000);
    expect(readHint({ ...withHeaders({ 'x-ratelimit-reset': '0' }), texts: ['try again in 7s'] }, never)?.ms).toBe(
      7_000,
    );
    expect(() => readHint(withHeaders({ 'retry-after': 'Sat, 21 Nov 2026 08:01:30 GMT' }), never)).toThrow('was read');
  });

  it('skips a hint that is not believable and reads the next', () => {
    expect(readMs({ 'retry-after-ms': '-1', 'retry-after': '3' })).toBe(3_000);
  });
});
