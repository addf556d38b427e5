import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { INDICATOR_FILES } from './by-indicator.js';
import type { EnvironmentInput } from './input.js';
import { VARIABLES } from './variables.js';

/**
 * Reads what {@link detectEnvironment} looks at from the running process: a handful of variables (no other is touched,
 * nothing secret is carried along), three files, the name of the host. Nothing is remembered between two calls.
 *
 * @param directory where the files are looked for. Default: the working directory.
 */
export function readEnvironment(directory = '.'): EnvironmentInput {
  const env: Record<string, string> = {};
  for (const name of VARIABLES) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    env,
    files: INDICATOR_FILES.filter((file) => existsSync(join(directory, file))),
    hostname: hostnameOrNone(),
  };
}

function hostnameOrNone(): string | undefined {
  try {
    return hostname();
  } catch {
    // A system may refuse to tell; that is no reason not to start.
    return undefined;
  }
}
