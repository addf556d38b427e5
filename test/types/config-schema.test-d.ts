import type { ConfigInput, OperationInput, Settings } from 'holdfast/config';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { exact } from '../../src/config/schema/exact.js';
import type { FieldsOf } from '../../src/config/schema/fields-of.js';
import { part } from '../../src/config/schema/part.js';
import { configSchema } from '../../src/config/schema/schema.js';
import type { settingsFields, settingsSchema } from '../../src/config/schema/settings.js';
import type { QuotaSettings } from '../../src/limits/options.js';

describe('types of configSchema', () => {
  it('it takes what a config is typed as, no less and no more', () => {
    expectTypeOf<ConfigInput>().toExtend<z.input<typeof configSchema>>();
    expectTypeOf<z.input<typeof configSchema>>().toExtend<ConfigInput>();
    expectTypeOf<keyof z.input<typeof configSchema>>().toEqualTypeOf<keyof ConfigInput>();
    expectTypeOf<z.input<typeof settingsSchema>>().toEqualTypeOf<Settings>();
    expectTypeOf<keyof typeof settingsFields>().toEqualTypeOf<keyof Settings>();
  });

  it('it returns what it takes', () => {
    expectTypeOf(configSchema.parse).returns.toEqualTypeOf<ConfigInput>();
    expectTypeOf<NonNullable<z.output<typeof configSchema>['operations']>[string]>().toEqualTypeOf<OperationInput>();
    expectTypeOf<{ defaults: undefined }>().toExtend<z.input<typeof configSchema>>();
    // @ts-expect-error mistyped
    configSchema.parse({}).default;
    // @ts-expect-error what is read is not to be written to
    configSchema.parse({}).preset = 'none';
  });
});

/** A schema and a type that differ in one thing each, since nothing is asserted about those that agree. */
describe('types of exact()', () => {
  const wait = z.number().optional();
  const three = { maxWaitMs: wait, exhaustedMs: wait, maxHoldMs: wait };

  it('it takes a schema that says the same as the type', () => {
    const same = exact<QuotaSettings>()(part({ ...three, spreadMs: wait }));
    expectTypeOf(same).toEqualTypeOf<z.ZodType<QuotaSettings, QuotaSettings>>();
  });

  it('it takes no schema that lacks a field', () => {
    // @ts-expect-error there is no spreadMs
    exact<QuotaSettings>()(part(three));
  });

  it('it takes no schema that has a field more', () => {
    // @ts-expect-error a quota has no name
    exact<QuotaSettings>()(part({ ...three, spreadMs: wait, name: z.string().optional() }));
  });

  it('it takes no schema that allows more', () => {
    // @ts-expect-error a time is a number
    exact<QuotaSettings>()(part({ ...three, spreadMs: z.union([z.number(), z.string()]).optional() }));
  });

  it('it takes no schema that allows less', () => {
    // @ts-expect-error it may be left out
    exact<QuotaSettings>()(part({ ...three, spreadMs: z.number() }));
    // @ts-expect-error it may be any of three words
    exact<{ readonly word?: 'a' | 'b' | 'c' | undefined }>()(part({ word: z.enum(['a', 'b']).optional() }));
  });
});

describe('types of FieldsOf', () => {
  it('it has a schema for every field', () => {
    expectTypeOf<keyof FieldsOf<QuotaSettings>>().toEqualTypeOf<keyof QuotaSettings>();
    // @ts-expect-error three are missing
    expectTypeOf<{ maxWaitMs: z.ZodOptional<z.ZodNumber> }>().toExtend<FieldsOf<QuotaSettings>>();
  });
});
