import { describe, expect, it } from 'vitest';
import { QuotaHeldError, withoutStack } from '../../../src/errors/index.js';

describe('a QuotaHeldError', () => {
  it.each([
    {
      key: undefined,
      kind: 'rate_limited' as const,
      retryAfterMs: 1_500,
      message: "the quota of 'chat' is rate limited; retry in 1500 ms",
    },
    {
      key: 'eu',
      kind: 'quota_exhausted' as const,
      retryAfterMs: 0.2,
      message: "the quota of 'chat/eu' is exhausted; retry in 1 ms",
    },
  ])('says which quota is held, why and for how long: $message', ({ key, kind, retryAfterMs, message }) => {
    const error = new QuotaHeldError('chat', key, kind, retryAfterMs);
    expect(error).toMatchObject({ operation: 'chat', key, kind, retryAfterMs: Math.ceil(retryAfterMs), message });
  });

  it('has a stack when it is constructed, and none when it is made for a rejection', () => {
    const made = () => new QuotaHeldError('chat', undefined, 'rate_limited', 5);
    expect(made().stack).toContain('\n    at ');
    expect(withoutStack(made).stack).not.toContain('\n    at ');
  });
});
