import type { EnvironmentSignal } from './detected.js';
import { type Facts, saysNo } from './facts.js';
import { PLATFORM_NAMES, PLATFORM_USES } from './platforms.js';

/** A platform, and what it says about the environment. */
export interface PlatformSighting {
  readonly platform: string;
  readonly signal: EnvironmentSignal;
}

/** Every variable that tells of a platform. */
export const PLATFORM_VARIABLES: readonly string[] = [
  ...PLATFORM_NAMES.flatMap(({ variable, besides }) => (besides === undefined ? [variable] : [variable, besides])),
  ...PLATFORM_USES.flatMap(({ variables }) => [...variables.keys()]),
];

/**
 * The platform that the process runs on: by its own name for the environment, or else by what it is used for. There is
 * one at most, so that several variables of one platform do not confirm each other.
 */
export function sightPlatform(facts: Facts): PlatformSighting | undefined {
  return byItsName(facts) ?? byItsUse(facts);
}

function byItsName({ variables }: Facts): PlatformSighting | undefined {
  for (const { platform, variable: source, besides, confidence, means } of PLATFORM_NAMES) {
    const value = variables.get(source);
    if (value === undefined || (besides !== undefined && saysNo(variables.get(besides)))) continue;
    const environment = means.get(value.toLowerCase());
    if (environment === undefined) continue;
    const reasoning = `${platform} says ${source}=${value}`;
    return { platform, signal: { source, value, environment, confidence, reasoning } };
  }
  return undefined;
}

function byItsUse({ variables: given }: Facts): PlatformSighting | undefined {
  for (const { environment, confidence, is, variables } of PLATFORM_USES) {
    for (const [source, platform] of variables) {
      if (saysNo(given.get(source))) continue;
      const reasoning = `${platform} ${is}`;
      return { platform, signal: { source, value: 'set', environment, confidence, reasoning } };
    }
  }
  return undefined;
}
