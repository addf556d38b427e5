import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { THRESHOLDS_MS } from '../../../src/cli/bench/bench.js';
import { COMMANDS } from '../../../src/cli/cli.js';
import { GLOBAL_OPTIONS } from '../../../src/cli/parse-args.js';

const text = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8');

/** The section on one command. */
function sectionOf(name: string): string {
  return text.split(/^## /m).find((section) => section.startsWith(`\`holdfast ${name}`)) ?? '';
}

describe('docs/reference/cli.md', () => {
  it.each([...COMMANDS.keys()])('lists every argument and option of %s', async (name) => {
    const command = await COMMANDS.get(name)?.();
    if (command === undefined) throw new Error(`${name} is not a command`);
    const section = sectionOf(name);
    expect(section).not.toBe('');
    const places = command.arguments.map(({ name: place, optional, choices }) =>
      choices !== undefined ? (choices[0] ?? '') : optional === true ? `[${place}]` : `<${place}>`,
    );
    expect(section.split('\n')[0]).toBe(`\`${['holdfast', name, ...places].join(' ')}\``);
    const listed = [...section.matchAll(/^\| `--([\w-]+)/gm)].map(([, option]) => option);
    expect(listed.sort()).toEqual(Object.keys(command.options).sort());
    const choices = Object.values(command.options).flatMap((option) => option.choices ?? []);
    expect(choices.filter((choice) => !section.includes(`\`${choice}\``))).toEqual([]);
  });

  it('lists the options of all commands', () => {
    for (const [name, { short }] of Object.entries(GLOBAL_OPTIONS)) {
      expect(text).toContain(short === undefined ? `| \`--${name}\` ` : `| \`--${name}\`, \`-${short}\``);
    }
  });

  it('lists the thresholds of the benchmarks', () => {
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
