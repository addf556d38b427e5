import type { Command } from '../command.js';

/** `holdfast schema` */
export const schema: Command = {
  name: 'schema',
  summary: 'Print the JSON Schema of a config.',
  arguments: [],
  options: {},
  details: [
    "Editors complete and check a config whose '$schema' names a file with this schema. The package includes it as " +
      'holdfast.schema.json.',
  ],
  examples: ['holdfast schema > holdfast.schema.json'],
  run: async (_args, { modules }) => {
    const json = (await modules.schema()).configJsonSchema();
    return { json, text: () => JSON.stringify(json, undefined, 2) };
  },
};
