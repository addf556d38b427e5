import { describe, expect, it } from 'vitest';
import { type LazyModules, lazyModules } from '../../../src/cli/lazy-modules.js';
import { dataOf, ran } from './running.js';

const SCHEMA = { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object' };
const modules: LazyModules = { ...lazyModules, schema: async () => ({ configJsonSchema: () => SCHEMA }) };

describe('holdfast schema', () => {
  it('prints the same schema with and without --json', async () => {
    const printed = await ran(['schema'], {}, { modules });
    expect(printed).toEqual({ code: 0, out: `${JSON.stringify(SCHEMA, undefined, 2)}\n`, err: '' });
    expect(await ran(['schema', '--json'], {}, { modules })).toEqual(printed);
    expect(await dataOf(['schema'], {}, { modules })).toEqual(SCHEMA);
  });
});
