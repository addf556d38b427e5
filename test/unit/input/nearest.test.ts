import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/input/nearest.js';

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
    expect(nearest(name, OPTIONS)).toBe(meant);
  });

  it.each(['', 'x', 'errorThresholdPercentage', 'constructor', '__proto__', 'tr'])('to %j is none', (name) => {
    expect(nearest(name, OPTIONS)).toBeUndefined();
  });

  it('is the nearest of several that are near, the first of those equally near', () => {
    expect(nearest('openMaMs', ['openMs', 'openMaxMs'])).toBe('openMaxMs');
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
    expect(nearest('cat', ['cast', 'cat'])).toBe('cat');
  });

  it('counts two neighbours that were swapped as one mistake', () => {
    expect(nearest('abc', ['acb'])).toBe('acb');
    expect(nearest('abcd', ['badc'])).toBeUndefined();
  });

  it('allows one mistake in three letters, and none in fewer', () => {
    expect(nearest('abc', ['axc'])).toBe('axc');
    expect(nearest('abc', ['axy'])).toBeUndefined();
    expect(nearest('ab', ['ax'])).toBeUndefined();
    expect(nearest('abcdef', ['abcdxy'])).toBe('abcdxy');
    expect(nearest('abcdef', ['abcxyz'])).toBeUndefined();
    expect(nearest('abcdef', ['abcdefgh'])).toBe('abcdefgh');
    expect(nearest('abcdef', ['xabcdefgh'])).toBeUndefined();
  });

  it('is the only one that begins so, when none is near', () => {
    expect(nearest('prod', ['simple', 'production'])).toBe('production');
    expect(nearest('DEV', ['simple', 'development'])).toBe('development');
    expect(nearest('pro', ['production', 'project'])).toBeUndefined();
    expect(nearest('pr', ['production'])).toBeUndefined();
  });

  it('is none where nothing is allowed', () => {
    expect(nearest('mode', [])).toBeUndefined();
  });

  it('is looked for among anything that can be gone through', () => {
    expect(nearest('mod', new Set(['mode']))).toBe('mode');
    expect(nearest('mod', new Map([['mode', 1]]).keys())).toBe('mode');
  });
});
