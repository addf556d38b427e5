import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { THRESHOLDS_MS } from '../../../src/cli/bench/thresholds.js';
import { COMMANDS } from '../../../src/cli/commands.js';
import { GLOBAL_OPTIONS } from '../../../src/cli/global-options.js';

const text = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8');

/** What the reference says of one command. */
function sectionOf(name: string): string {
  return text.split(/^## /m).find((section) => section.startsWith(`\`holdfast ${name}`)) ?? '';
}

describe('the reference of the command line', () => {
  it.each([...COMMANDS.keys()])('tells every argument and option of %s', async (name) => {
    const command = await COMMANDS.get(name)?.();
    if (command === undefined) throw new Error('it is one of those');
    const section = sectionOf(name);
    expect(section).not.toBe('');
    const places = command.arguments.map(({ name: place, optional, choices }) =>
      choices !== undefined ? (choices[0] ?? '') : optional === true ? `[${place}]` : `<${place}>`,
    );
    expect(section.split('\n')[0]).toBe(`\`${['holdfast', name, ...places].join(' ')}\``);
    const told = [...section.matchAll(/^\| `--([\w-]+)/gm)].map(([, option]) => option);
    expect(told.sort()).toEqual(Object.keys(command.options).sort());
    const choices = Object.values(command.options).flatMap((option) => option.choices ?? []);
    expect(choices.filter((choice) => !section.includes(`\`${choice}\``))).toEqual([]);
  });

  it('tells what holds for all', () => {
    for (const [name, { short }] of Object.entries(GLOBAL_OPTIONS)) {
      expect(text).toContain(short === undefined ? `| \`--${name}\` ` : `| \`--${name}\`, \`-${short}\``);
    }
  });

  it('tells the limits of the benchmarks', () => {
    const limits = [...sectionOf('bench').matchAll(/^\| `(\w+)` .*\| (\d+) ms +\|$/gm)].map(([, name, ms]) => [
      name,
      Number(ms),
    ]);
    const { config_loading, preset_access, service_init, validation } = THRESHOLDS_MS;
    expect(limits).toEqual([
      ['preset_loading', preset_access],
      ['settings_initialization', config_loading],
      ['resilience_config_loading', config_loading],
      ['service_initialization', service_init],
      ['custom_config_loading', config_loading],
      ['legacy_config_loading', config_loading],
      ['validation_performance', validation],
    ]);
  });
});
