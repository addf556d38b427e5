import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createResilience } from '../../../src/entry/root.js';
import { compileStages } from '../../../src/orchestrator/compile-stages.js';

vi.mock('../../../src/orchestrator/compile-stages.js', { spy: true });

const compiled = vi.mocked(compileStages);
const list = ['gpt-5', 'claude'];

beforeEach(() => {
  compiled.mockClear();
});

describe('the stages of targets', () => {
  const build = () => createResilience({ targets: { chat: { list } } });

  it.each([
    ['choose an order', () => ({ order: 'weighted' as const })],
    ['say what happens while no target is available', () => ({ whenNoneAvailable: 'fail' as const, targetWaitMs: 7 })],
    ['name their conversation, by a function of their own', () => ({ sticky: () => 'c-1' })],
    ['name their conversation, by settings', () => ({ sticky: { by: () => 'c-1', ttlMs: 9 } })],
  ])('are compiled once for all calls that %s', async (_what, options) => {
    const resilience = build();
    await resilience.execute('chat', () => 1, options());
    const once = compiled.mock.calls.length;
    expect(once).toBeGreaterThan(0);
    for (let call = 0; call < 10; call++) await resilience.execute('chat', () => 1, options());
    expect(compiled).toHaveBeenCalledTimes(once);
    await resilience.close();
  });

  it('are those of the list of the call, and follow a change of the settings', async () => {
    const resilience = build();
    const other = ['gemini'];
    const targetOf = (targets: readonly string[]) =>
      resilience.execute('chat', ({ target }) => target?.name, { targets, order: 'weighted' });
    expect([await targetOf(list), await targetOf(other), await targetOf(other)]).toEqual([
      expect.stringMatching(/gpt-5|claude/),
      'gemini',
      'gemini',
    ]);
    const before = compiled.mock.calls.length;
    resilience.configure({ operations: { chat: { attemptTimeoutMs: 1_234 } } });
    await targetOf(other);
    expect(compiled.mock.calls.slice(before)).toContainEqual([
      expect.objectContaining({ attemptTimeoutMs: 1_234 }),
      expect.anything(),
    ]);
    await resilience.close();
  });
});
