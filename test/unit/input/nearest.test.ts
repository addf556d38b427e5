import { describe, expect, it } from 'vitest';
import { findNearestName } from '../../../src/input/nearest.js';

const OPTIONS = ['openMs', 'openMaxMs', 'trials', 'trialLeaseMs', 'mode', 'trip', 'successesToClose'];

describe('the nearest name', () => {
  it.each([
    ['openMS', 'openMs'],
    ['openms', 'openMs'],
    ['opnMs', 'openMs'],
    ['openMss', 'openMs'],
    ['opemMs', 'openMs'],
    ['oepnMs', 'openMs'],
    ['trails', 'trials'],
    ['trial', 'trials'],
    ['mdoe', 'mode'],
    ['Mode', 'mode'],
    ['openMaxmS', 'openMaxMs'],
    ['sucessToClose', 'successesToClose'],
  ])('to %s is %s', (name, meant) => {
    expect(findNearestName(name, OPTIONS)).toBe(meant);
  });

  it.each(['', 'x', 'errorThresholdPercentage', 'constructor', '__proto__', 'tr'])('to %j is none', (name) => {
    expect(findNearestName(name, OPTIONS)).toBeUndefined();
  });

  it('is the nearest of several, and the first of those equally near', () => {
    expect(findNearestName('openMaMs', ['openMs', 'openMaxMs'])).toBe('openMaxMs');
    expect(findNearestName('cat', ['bat', 'hat'])).toBe('bat');
    expect(findNearestName('cat', ['cast', 'cat'])).toBe('cat');
  });

  it('counts two swapped neighbours as one mistake', () => {
    expect(findNearestName('abc', ['acb'])).toBe('acb');
    expect(findNearestName('abcd', ['badc'])).toBeUndefined();
  });

  it('allows one mistake in three letters, and none in fewer', () => {
    expect(findNearestName('abc', ['axc'])).toBe('axc');
    expect(findNearestName('abc', ['axy'])).toBeUndefined();
    expect(findNearestName('ab', ['ax'])).toBeUndefined();
    expect(findNearestName('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(findNearestName('abcdef', ['abcxyz'])).toBeUndefined();
    expect(findNearestName('abcdef', ['abcdefgh'])).toBe('abcdefgh');
    expect(findNearestName('abcdef', ['xabcdefgh'])).toBeUndefined();
  });

  it('is the only name with the same beginning if no name is near', () => {
    expect(findNearestName('prod', ['simple', 'production'])).toBe('production');
    expect(findNearestName('DEV', ['simple', 'development'])).toBe('development');
    expect(findNearestName('pro', ['production', 'project'])).toBeUndefined();
    expect(findNearestName('pr', ['production'])).toBeUndefined();
  });

  it('is none if no name is allowed', () => {
    expect(findNearestName('mode', [])).toBeUndefined();
  });

  it('is found among the names of any iterable', () => {
    expect(findNearestName('mod', new Set(['mode']))).toBe('mode');
    expect(findNearestName('mod', new Map([['mode', 1]]).keys())).toBe('mode');
  });
});
