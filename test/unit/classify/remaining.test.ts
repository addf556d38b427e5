import { describe, expect, it } from 'vitest';
import { readErrorRemaining, readRemaining } from '../../../src/classify/index.js';

describe('readRemaining()', () => {
  it.each([
    ['OpenAI', { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-remaining-tokens': '149984' }, 59, 149_984],
    ['Anthropic', { 'anthropic-ratelimit-requests-remaining': '3', 'anthropic-ratelimit-tokens-remaining': '0' }, 3, 0],
    [
      'a provider with several limits of tokens, the least of them',
      {
        'anthropic-ratelimit-input-tokens-remaining': '40000',
        'anthropic-ratelimit-output-tokens-remaining': '8000',
      },
      undefined,
      8_000,
    ],
    ['a response without them', { 'content-type': 'application/json' }, undefined, undefined],
    ['numbers that are none', { 'x-ratelimit-remaining-requests': 'many' }, undefined, undefined],
    ['a negative number', { 'x-ratelimit-remaining-requests': '-1' }, undefined, undefined],
  ])('reads %s', (_, fields, requests, tokens) => {
    const expected = { requests, tokens };
    expect(readRemaining(fields)).toEqual(expected);
    expect(readRemaining(new Headers(fields))).toEqual(expected);
  });

  it('never throws', () => {
    const hostile = {
      get: () => {
        throw new Error('no');
      },
    };
    expect(readRemaining(hostile)).toEqual({ requests: undefined, tokens: undefined });
  });
});

describe('readErrorRemaining()', () => {
  it('reads the headers of the response that an error or its cause carries', () => {
    const headers = new Headers({ 'x-ratelimit-remaining-requests': '0' });
    const limited = Object.assign(new Error('slow down'), { status: 429, headers });
    expect(readErrorRemaining(limited)).toMatchObject({ requests: 0 });
    expect(readErrorRemaining(new Error('failed', { cause: limited }))).toMatchObject({ requests: 0 });
  });

  it('returns undefined for anything without a response, and never throws', () => {
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
      },
    );
    for (const error of [new Error('plain'), undefined, 'text', hostile]) {
      expect(readErrorRemaining(error)).toBeUndefined();
    }
  });
});
