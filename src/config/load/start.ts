import type { Configuration } from '../configuration.js';
import type { ConfigInput } from '../document.js';
import type { EnvironmentInput } from '../environment/environment.js';
import { resolveLayers } from './resolve-layers.js';

/** What a `Resilience` begins with. */
export interface StartOptions {
  /** What the code says. */
  readonly config?: ConfigInput | undefined;
  /** The preset; beats the one in `config`. */
  readonly preset?: string | undefined;
  /** What the process runs in, and what variables it has. Default: as it is. */
  readonly environment?: EnvironmentInput | undefined;
}

/**
 * The configuration that a `Resilience` begins with: what the environment variables say, and over it what the code
 * says.
 *
 * @throws {ConfigurationError} naming everything that is wrong in either.
 */
export function startConfiguration({ config, preset, environment }: StartOptions): Configuration {
  return resolveLayers({ config, preset, environment }).configuration;
}
