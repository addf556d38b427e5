import type { EnvironmentFeature } from './detected.js';

/** What an environment is detected from. All of it is optional: what is not given is not there. */
export interface EnvironmentInput {
  /** Environment variables. Only those that are named in the guide are looked at. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Names of what stands in the working directory. Only `.env`, `.git` and `docker-compose.dev.yml` matter. */
  readonly files?: readonly string[] | undefined;
  /** Name of the host. Default: the variable HOSTNAME. */
  readonly hostname?: string | undefined;
  /** What it is detected for. Default `default`. */
  readonly feature?: EnvironmentFeature | undefined;
}
