import type { ConfigInput } from '../config/document.js';
import { formatDurations } from '../config/load/durations.js';
import { BUILT_IN } from '../config/presets/catalog.js';
import { LEGACY_VARIABLES } from './legacy.js';
import type { MigrationScripts } from './migration.js';

/** The legacy variables that are set; `undefined` if another library is migrated. */
type Legacy = ReadonlyMap<string, string> | undefined;

/** The config as text to put in place. */
export function buildScripts(config: ConfigInput, legacy: Legacy): MigrationScripts {
  const text = formatConfig(config);
  const lines = [`HOLDFAST_PRESET='${config.preset}'`, ...(text === undefined ? [] : [`HOLDFAST_CONFIG='${text}'`])];
  return {
    bash: buildBash(lines, legacy),
    env: joinLines(['# Settings of holdfast.', ...listLinesToDelete('lines', legacy), ...lines]),
    docker: joinLines([
      '# Settings of holdfast.',
      ...listLinesToDelete('ENV lines', legacy),
      ...lines.map((line) => `ENV ${line}`),
    ]),
    json: joinLines([JSON.stringify(formatDurations(config, BUILT_IN.config), undefined, 2)]),
  };
}

/** What to do, in order. `removal` is the step that removes the old code or the old variables. */
export function buildSteps(config: ConfigInput, removal: string): string[] {
  const text = formatConfig(config);
  return [
    `Set HOLDFAST_PRESET=${config.preset}.`,
    removal,
    text === undefined
      ? 'No HOLDFAST_CONFIG is needed: the preset covers everything.'
      : `Set HOLDFAST_CONFIG as follows, or pass the config to createResilience(): ${text}`,
    'Test it, including the failures that you know.',
    'Watch stats and events after the release: retries, rejections, time per call.',
    'Tune it: remove, one by one, the settings that a preset or the defaults cover better.',
  ];
}

/** A config without its preset as one line of JSON that a variable may hold; `undefined` if nothing is left. */
function formatConfig({ preset: _, ...rest }: ConfigInput): string | undefined {
  return Object.keys(rest).length === 0 ? undefined : toPlainJson(formatDurations(rest, BUILT_IN.config));
}

/** Everything except printable ASCII, and the characters that a shell, a `.env` file or a Dockerfile interprets. */
const UNSAFE = /[^\x20-\x7e]|['`$]/g;

/** JSON on one line that is safe within single quotes everywhere: unsafe characters are written as `\uXXXX`. */
function toPlainJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function buildBash(lines: readonly string[], legacy: Legacy): string {
  const exports = lines.map((line) => `export ${line}`);
  return joinLines([
    '#!/usr/bin/env bash',
    '# Source this file, so that it changes the variables of your own shell.',
    ...(legacy === undefined ? exports : [replaceLegacy(exports)]),
  ]);
}

/** Saves the legacy variables to a file first. If they cannot be saved or unset, nothing new is set. */
function replaceLegacy(exports: readonly string[]): string {
  return `holdfast_replace() {
  local backup='' name
  for name in "$@"; do
    [ -n "\${!name+set}" ] || continue
    [ -n "$backup" ] || backup=$(mktemp ./holdfast-legacy.XXXXXX) || return
    printf 'export %s=%q\\n' "$name" "\${!name}" >>"$backup" || return
  done
  unset "$@" || return
  [ -z "$backup" ] || echo "The legacy variables are unset. To restore them, source $backup." >&2
}
if holdfast_replace \\
  ${LEGACY_VARIABLES.join(' \\\n  ')}
then
  unset -f holdfast_replace
  ${exports.join('\n  ')}
else
  unset -f holdfast_replace
  echo 'The legacy variables could not be saved and unset, so nothing new is set.' >&2
  false
fi`;
}

/** Neither a `.env` file nor a Dockerfile can unset a variable, so its line has to be deleted by hand. */
function listLinesToDelete(what: string, legacy: Legacy): string[] {
  if (legacy === undefined) return [];
  if (legacy.size === 0) return ['# None of the legacy variables was set.'];
  const values = [...legacy].map(([name, value]) => `# ${name}=${toPlainJson(value)}`);
  return [`# Delete the ${what} of these legacy variables. They were set to:`, ...values];
}

function joinLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
