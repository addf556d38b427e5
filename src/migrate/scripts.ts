import type { ConfigInput } from '../config/document.js';
import { LEGACY_VARIABLES } from './legacy-variables.js';
import { plainJson, quoted } from './quoted.js';
import type { MigrationScripts } from './result.js';

const HEAD = ['#!/usr/bin/env bash', '# Source it, so that it changes the variables of your own shell.'];

type Legacy = ReadonlyMap<string, string> | undefined;

/** What a config says besides its preset, as one line of JSON; `undefined` when it says nothing. */
export function configText({ preset: _, ...rest }: ConfigInput): string | undefined {
  return Object.keys(rest).length === 0 ? undefined : plainJson(rest);
}

/**
 * The config as text to put in place.
 *
 * @param legacy the legacy variables that are set; `undefined` when it is not about them.
 */
export function scriptsFor(config: ConfigInput, preset: string, legacy: Legacy): MigrationScripts {
  const text = configText(config);
  const lines = [
    `HOLDFAST_PRESET=${quoted(preset)}`,
    ...(text === undefined ? [] : [`HOLDFAST_CONFIG=${quoted(text)}`]),
  ];
  return {
    bash: bash(lines, legacy),
    env: joined(['# The settings of holdfast.', ...toDelete('lines', legacy), ...lines]),
    docker: joined([
      '# The settings of holdfast.',
      ...toDelete('ENV lines', legacy),
      ...lines.map((line) => `ENV ${line}`),
    ]),
  };
}

function bash(lines: readonly string[], legacy: Legacy): string {
  const exports = lines.map((line) => `export ${line}`);
  return joined(legacy === undefined ? [...HEAD, ...exports] : [...HEAD, replacing(exports)]);
}

/** What is to be unset is kept in a file first; without that, or when it cannot be unset, nothing new is set. */
function replacing(exports: readonly string[]): string {
  return `holdfast_replace() {
  local backup='' name
  for name in "$@"; do
    [ -n "\${!name+set}" ] || continue
    [ -n "$backup" ] || backup=$(mktemp ./holdfast-legacy.XXXXXX) || return
    printf 'export %s=%q\\n' "$name" "\${!name}" >>"$backup" || return
  done
  unset "$@" || return
  [ -z "$backup" ] || echo "The legacy variables are unset. Source $backup to have them back." >&2
}
if holdfast_replace \\
  ${LEGACY_VARIABLES.join(' \\\n  ')}
then
  unset -f holdfast_replace
  ${exports.join('\n  ')}
else
  unset -f holdfast_replace
  echo 'The legacy variables could not be kept and unset, so nothing new is set.' >&2
  false
fi`;
}

/** Neither a `.env` file nor a Dockerfile can unset a variable: whoever keeps it has to delete it. */
function toDelete(what: string, legacy: Legacy): string[] {
  if (legacy === undefined) return [];
  if (legacy.size === 0) return ['# None of the legacy variables was set.'];
  const values = [...legacy].map(([name, value]) => `# ${name}=${plainJson(value)}`);
  return [`# Delete the ${what} of these legacy variables. This is what they were:`, ...values];
}

function joined(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
