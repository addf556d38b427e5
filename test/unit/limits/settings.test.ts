import { describe, expect, it } from 'vitest';
import { Check, copyOnce } from '../../../src/input/index.js';
import { QUOTA_SETTINGS, resolveQuotaSettings } from '../../../src/limits/settings.js';
import { issuesOf } from '../../support/breaker-steps.js';

/** What is wrong with some settings of a quota. */
function issuesWith(settings: unknown) {
  const check = new Check();
  check.settings('quota', settings, QUOTA_SETTINGS);
  return issuesOf(() => check.throwIfInvalid());
}

describe('quota settings', () => {
  it('have defaults', () => {
    const balanced = { maxWaitMs: 30_000, exhaustedMs: 300_000, maxHoldMs: 3_600_000, spreadMs: 1_000 };
    expect(resolveQuotaSettings({})).toEqual(balanced);
    expect(
      resolveQuotaSettings({ maxWaitMs: undefined, exhaustedMs: undefined, maxHoldMs: undefined, spreadMs: undefined }),
    ).toEqual(balanced);
    expect(resolveQuotaSettings({ maxWaitMs: 0, exhaustedMs: 0, maxHoldMs: 0, spreadMs: 0 })).toEqual({
      maxWaitMs: 0,
      exhaustedMs: 0,
      maxHoldMs: 0,
      spreadMs: 0,
    });
  });

  it.each([{}, { maxWaitMs: 0 }, { exhaustedMs: 2 ** 31 - 1 }, { spreadMs: 0.5 }, { spreadMs: undefined }])(
    'may be %j',
    (settings) => {
      expect(issuesWith(settings)).toEqual([]);
    },
  );

  it.each(['maxWaitMs', 'exhaustedMs', 'maxHoldMs', 'spreadMs'])('may not have a %s that is not a duration', (name) => {
    for (const value of [-1, 2 ** 31, Number.NaN, Infinity, null, false, '5']) {
      expect(issuesWith({ [name]: value })).toMatchObject([
        { path: `quota.${name}`, message: 'must be a number from 0 to 2147483647' },
      ]);
    }
  });

  it('are all checked, and unknown ones are refused', () => {
    expect(issuesWith({ maxWaitMs: -1, exhaustMs: 5 })).toEqual([
      {
        path: 'quota.exhaustMs',
        message: 'is unknown; expected one of maxWaitMs, exhaustedMs, maxHoldMs, spreadMs',
        received: '5',
        suggestion: "Did you mean 'exhaustedMs'?",
      },
      {
        path: 'quota.maxWaitMs',
        message: 'must be a number from 0 to 2147483647',
        received: '-1',
        suggestion: 'Write milliseconds: 30000 suits most calls.',
      },
    ]);
  });

  it.each([undefined, null, true, 5, [], new Map()])('may not be %s', (settings) => {
    expect(issuesWith(settings)).toMatchObject([{ path: 'quota', message: 'must be a plain object' }]);
  });

  it('are read once', () => {
    let reads = 0;
    const trap = {
      get maxWaitMs() {
        reads += 1;
        return 5;
      },
    };
    const own = copyOnce('quota', trap);
    expect([own.maxWaitMs, own.maxWaitMs, reads]).toEqual([5, 5, 1]);
  });
});
