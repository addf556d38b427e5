import { z } from 'zod';
import { PRESETS } from '../presets/presets.js';
import { findPreset, findStrategy } from '../presets/registry.js';
import { STRATEGIES } from '../presets/strategies.js';
import { nameSchema } from './name.js';
import { told } from './texts.js';

/** What stands for a preset without being one. */
const INSTEAD_OF_PRESET = {
  auto: 'The preset that suits the environment.',
  none: 'No preset: the defaults of the library.',
};

/** The name of a preset that is known. Those that are built in are listed, so that editors propose them. */
export const presetName: z.ZodType<string, string> = z.union([
  ...wordsOf(INSTEAD_OF_PRESET),
  ...namesOf(PRESETS),
  nameSchema.refine((name) => findPreset(name) !== undefined, 'must be the name of a preset'),
]);

/** The name of a strategy that is known. */
export const strategyName: z.ZodType<string, string> = z.union([
  ...namesOf(STRATEGIES),
  nameSchema.refine((name) => findStrategy(name) !== undefined, 'must be the name of a strategy'),
]);

function namesOf(known: Readonly<Record<string, { readonly description: string }>>): z.ZodLiteral<string>[] {
  return wordsOf(Object.fromEntries(Object.entries(known).map(([name, { description }]) => [name, description])));
}

function wordsOf(words: Readonly<Record<string, string>>): z.ZodLiteral<string>[] {
  return Object.entries(words).map(([word, description]) => told(z.literal(word), { description }));
}
