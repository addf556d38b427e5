import { afterEach, describe, expect, it } from 'vitest';
import { withoutStack } from '../../../src/errors/without-stack.js';

const original = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');

afterEach(() => {
  if (original !== undefined) Object.defineProperty(Error, 'stackTraceLimit', original);
});

const hasFrames = (error: Error): boolean => error.stack?.includes('\n    at ') === true;

describe('an error without a stack', () => {
  it('has its message and no frames', () => {
    const error = withoutStack(() => new TypeError('refused'));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('refused');
    expect(hasFrames(error)).toBe(false);
  });

  it.each([10, 3, 0, 100])('leaves the limit of %d frames in place for all other errors', (limit) => {
    Error.stackTraceLimit = limit;
    withoutStack(() => new Error('refused'));
    expect(Error.stackTraceLimit).toBe(limit);
    expect(hasFrames(new Error('another'))).toBe(limit > 0);
  });

  it('leaves the limit in place also when creating the error throws', () => {
    Error.stackTraceLimit = 7;
    const broken = () =>
      withoutStack((): Error => {
        throw new Error('broken');
      });
    expect(broken).toThrow('broken');
    expect(Error.stackTraceLimit).toBe(7);
  });

  it('is made with a stack where the limit cannot be changed', () => {
    Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: true });
    const error = withoutStack(() => new Error('refused'));
    expect(error.message).toBe('refused');
    expect(hasFrames(error)).toBe(true);
  });

  it('does not bring back a limit that was deleted', () => {
    Reflect.deleteProperty(Error, 'stackTraceLimit');
    expect(withoutStack(() => new Error('refused')).message).toBe('refused');
    expect('stackTraceLimit' in Error).toBe(false);
  });
});
