import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TargetPins } from '../../../src/targets/index.js';

describe('pins', () => {
  it('hold until they were unused for their time to live', () => {
    const pins = new TargetPins();
    pins.set('chat-1', 'gpt-5', 100, 0);
    expect(pins.find('chat-1', 99)).toBe('gpt-5');
    expect(pins.find('chat-1', 100)).toBeUndefined();
    expect(pins.find('chat-2', 0)).toBeUndefined();
  });

  it('are replaced by later ones of the same conversation', () => {
    const pins = new TargetPins();
    pins.set('chat-1', 'gpt-5', 100, 0);
    pins.set('chat-1', 'claude', 100, 50);
    expect(pins.find('chat-1', 149)).toBe('claude');
    expect(pins.size).toBe(1);
  });

  it('that have ended are removed when others are set', () => {
    const pins = new TargetPins();
    for (let chat = 0; chat < 100; chat++) pins.set(`chat-${chat}`, 'gpt-5', 100, chat);
    pins.set('late', 'gpt-5', 100, 1_000);
    expect(pins.size).toBe(1);
  });

  it('are at most ten thousand: those that were set longest ago go first', () => {
    const pins = new TargetPins();
    for (let chat = 0; chat < 10_500; chat++) pins.set(`chat-${chat}`, 'gpt-5', 1_000_000, chat);
    expect(pins.size).toBe(10_000);
    expect(pins.find('chat-499', 10_500)).toBeUndefined();
    expect(pins.find('chat-500', 10_500)).toBe('gpt-5');
  });

  it('are found as a plain map with times would find them', () => {
    const step = fc.record({
      chat: fc.integer({ min: 0, max: 5 }),
      target: fc.constantFrom('a', 'b'),
      after: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const pins = new TargetPins();
        const model = new Map<string, { target: string; untilMs: number }>();
        let nowMs = 0;
        for (const { chat, target, after } of steps) {
          nowMs += after;
          const expected = model.get(`${chat}`);
          expect(pins.find(`${chat}`, nowMs)).toBe(
            expected !== undefined && nowMs < expected.untilMs ? expected.target : undefined,
          );
          pins.set(`${chat}`, target, 100, nowMs);
          model.set(`${chat}`, { target, untilMs: nowMs + 100 });
        }
      }),
    );
  });
});
