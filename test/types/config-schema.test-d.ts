import type { ConfigInput, OperationInput } from 'holdfast/config';
import { configSchema } from 'holdfast/config/schema';
import { describe, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { numberWithin, oneOf, orFalse, type Part, part, type SettingsOf, setting } from '../../src/input/index.js';

describe('configSchema', () => {
  it('takes the type of a config, and gives the same', () => {
    expectTypeOf<z.input<typeof configSchema>>().toEqualTypeOf<ConfigInput>();
    expectTypeOf(configSchema.parse).returns.toEqualTypeOf<ConfigInput>();
    expectTypeOf<NonNullable<z.output<typeof configSchema>['operations']>[string]>().toEqualTypeOf<OperationInput>();
    // @ts-expect-error mistyped
    configSchema.parse({}).default;
    // @ts-expect-error a parsed config is read-only
    configSchema.parse({}).preset = 'none';
  });
});

interface Example {
  readonly count?: number | undefined;
  readonly limitMs?: number | false | undefined;
  readonly word?: 'a' | 'b' | undefined;
}

/** Each declaration differs from the interface in one thing. */
describe('a declaration', () => {
  const numbers = numberWithin({ min: 0, max: 1 });
  const info = { description: 'An example.' };
  const count = setting(numbers, info);
  const limitMs = setting(orFalse(numbers), info);
  const word = setting(oneOf(['a', 'b']), info);

  it('compiles when it says the same as its interface', () => {
    const same: Part<Example> = part({ count, limitMs, word });
    expectTypeOf(same.settings).toExtend<SettingsOf<Example>>();
  });

  it('does not compile without one of the fields', () => {
    // @ts-expect-error there is no word
    const missing: Part<Example> = part({ count, limitMs });
    expectTypeOf(missing).toExtend<Part<Example>>();
  });

  it('does not compile with another field', () => {
    // @ts-expect-error there is no such field
    const more: Part<Example> = part({ count, limitMs, word, name: count });
    expectTypeOf(more).toExtend<Part<Example>>();
  });

  it('does not compile when it allows less or more than the type', () => {
    // @ts-expect-error `false` is missing
    const less: Part<Example> = part({ count, limitMs: count, word });
    // @ts-expect-error a word is missing
    const fewer: Part<Example> = part({ count, limitMs, word: setting(oneOf(['a']), info) });
    // @ts-expect-error `false` is not allowed
    const wider: Part<Example> = part({ count: limitMs, limitMs, word });
    expectTypeOf([less, fewer, wider]).toExtend<Part<Example>[]>();
  });

  it('does not compile with a default of another type, or without one that it promises', () => {
    // @ts-expect-error a count is a number
    const wrong = setting(numbers, { ...info, default: 'x' });
    // @ts-expect-error there is no default of count
    const none: Part<Example, 'count'> = part({ count, limitMs, word });
    expectTypeOf([wrong, none]).not.toBeAny();
  });
});
