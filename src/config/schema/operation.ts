import { z } from 'zod';
import type { OperationInput } from '../document.js';
import { SETTINGS } from '../settings.js';
import { exact } from './exact.js';
import { strategyName } from './known-names.js';
import { nameSchema } from './name.js';
import { ownFields, part } from './part.js';
import { settingsFields } from './settings.js';
import { field, told } from './texts.js';

type Operations = Readonly<Record<string, OperationInput>>;

const fields = part({
  strategy: field(strategyName, {
    description: 'How hard to try here.',
    derived: 'that of the whole config; without one, what the preset has for the operation',
  }),
  alias: field(nameSchema, {
    description:
      'The operation that this is another name of. Calls by either name share settings, breaker, quota and numbers, ' +
      'so nothing else may stand beside it.',
    derived: 'it is an operation of its own',
  }),
  ...settingsFields,
});

const operationSchema: z.ZodType<OperationInput, OperationInput> = told(
  exact<OperationInput>()(fields).superRefine(checkAlias, { when: () => true }),
  {
    id: 'operation',
    description: 'How one operation is protected, or which other operation it is.',
    dependencies: { alias: { maxProperties: 1 } },
  },
);

const ODD_NAMES = ['__proto__', 'constructor'];

const byName = z.record(nameSchema, operationSchema);

/** Settings of operations, by their names. */
export const operationsSchema: z.ZodType<Operations, Operations> = exact<Operations>()(
  z.preprocess((given: Operations, context) => {
    const own = ownFields(given, context);
    if (own === undefined) return undefined;
    const operations = Object.fromEntries(Object.entries(own));
    checkOddNames(operations, context);
    return operations;
  }, byName),
);

/** Tells of an alias all that stands beside it, even when something else is wrong, as `Check` does. */
function checkAlias({ alias, ...others }: OperationInput, context: z.core.$RefinementCtx): void {
  if (!nameSchema.safeParse(alias).success) return;
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined || !(name === 'strategy' || SETTINGS.includes(name))) continue;
    const message = 'must not stand beside an alias, which has the settings of what it names';
    context.addIssue({ code: 'custom', path: [name], message });
  }
}

/**
 * A record of zod never looks at what is called `__proto__`, and takes what has a function called `constructor` for an
 * instance; here both are names like any other. Since nothing comes after a stage that refuses, all are looked at here.
 */
function checkOddNames(operations: Operations, context: z.core.$RefinementCtx): void {
  const odd = ODD_NAMES.filter((name) => Object.hasOwn(operations, name));
  const issues = odd.flatMap((name) => issuesAt(name, operationSchema.safeParse(operations[name])));
  if (issues.length === 0) return;
  const others = Object.fromEntries(Object.entries(operations).filter(([name]) => !odd.includes(name)));
  const { error } = byName.safeParse(others);
  context.addIssue({ code: 'invalid_union', errors: [[...issues, ...(error?.issues ?? [])]] });
}

function issuesAt(name: string, { error }: z.ZodSafeParseResult<unknown>): z.core.$ZodIssue[] {
  return (error?.issues ?? []).map((issue) => ({ ...issue, path: [name, ...issue.path] }));
}
