import type { Command } from './command.js';

/** Every command by its name, loaded when it is wanted: `holdfast presets` need not wait for what `bench` imports. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['schema', async () => (await import('./commands/schema.js')).schema],
  ['validate', async () => (await import('./commands/validate.js')).validate],
  ['explain', async () => (await import('./commands/explain.js')).explain],
  ['presets', async () => (await import('./commands/presets.js')).presets],
  ['detect', async () => (await import('./commands/detect.js')).detect],
  ['migrate', async () => (await import('./commands/migrate.js')).migrate],
  ['diff', async () => (await import('./commands/diff.js')).diff],
  ['bench', async () => (await import('./commands/bench.js')).bench],
]);
