import { z } from 'zod';
import type { ConfigInput } from '../document.js';
import { exact } from './exact.js';
import { presetName, strategyName } from './known-names.js';
import { operationsSchema } from './operation.js';
import { part } from './part.js';
import { settingsSchema } from './settings.js';
import { field, told } from './texts.js';

/**
 * A whole config: in code, in a file and in `HOLDFAST_CONFIG` alike. It takes what `createResilience` takes, and tells
 * the same paths. Presets and strategies are those known at the moment, registered ones included.
 */
export const configSchema: z.ZodType<ConfigInput, ConfigInput> = told(
  exact<ConfigInput>()(
    part({
      $schema: field(z.string(), {
        description:
          'Where editors find the JSON Schema by which they complete and check the file. Means nothing otherwise.',
      }),
      preset: field(presetName, {
        description:
          'Where settings come from that nobody gives: `simple`, `development`, `production`, one that was ' +
          'registered, `auto` for the one that suits the environment, or `none`.',
        default: 'auto',
      }),
      strategy: field(strategyName, {
        description:
          'How hard to try: `aggressive`, `balanced`, `conservative`, `critical`, or one that was registered.',
        derived: 'as the preset has it, which may differ between operations',
      }),
      defaults: field(settingsSchema, { description: 'Settings of all operations.' }),
      operations: field(operationsSchema, { description: 'Settings of one operation, by its name.' }),
    }),
  ),
  {
    description:
      'How holdfast protects calls. Defaults are those of the library alone: a preset and a strategy come before them, ' +
      'and what is written here before those.',
  },
);
