import { describe, expect, it } from 'vitest';
import { type Doors, doors } from '../../../src/cli/doors.js';
import { dataOf, ran } from './running.js';

const SCHEMA = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' };
const own: Doors = { ...doors, schema: async () => ({ configJsonSchema: () => SCHEMA }) };

describe('holdfast schema', () => {
  it('prints the schema as it goes into a file, with and without --json', async () => {
    const printed = await ran(['schema'], {}, { doors: own });
    expect(printed).toEqual({ code: 0, out: `${JSON.stringify(SCHEMA, undefined, 2)}\n`, err: '' });
    expect(await ran(['schema', '--json'], {}, { doors: own })).toEqual(printed);
    expect(await dataOf(['schema'], {}, { doors: own })).toEqual(SCHEMA);
  });
});
