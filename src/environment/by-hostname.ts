import type { EnvironmentSignal, KnownEnvironment } from './detected.js';
import type { Facts } from './facts.js';

/** Words that go with an environment when a host is named by them. */
export interface HostWords {
  readonly environment: KnownEnvironment;
  readonly confidence: number;
  readonly words: ReadonlySet<string>;
}

/**
 * Each group gives one signal at most. Whole words count, not parts of them: a host called `delivery-7`, `device-1` or
 * `product.domain` is neither live, nor a dev, nor a prod, nor the main one.
 */
const HOST_WORDS: readonly HostWords[] = [
  {
    environment: 'development',
    confidence: 0.6,
    words: new Set([
      'dev',
      'devel',
      'develop',
      'development',
      'local',
      'localhost',
      'test',
      'testing',
      'sandbox',
      'demo',
    ]),
  },
  {
    environment: 'staging',
    confidence: 0.65,
    words: new Set([
      'stag',
      'stage',
      'staging',
      'preprod',
      'preproduction',
      'nonprod',
      'nonproduction',
      'uat',
      'integration',
    ]),
  },
  {
    environment: 'production',
    confidence: 0.7,
    words: new Set(['prod', 'production', 'live', 'release', 'stable', 'main', 'master']),
  },
];

/** `pre-prod` and `non_prod` are one word, and not `prod`. */
const NOT_PROD = /(?<![a-z])(pre|non)[-_.](?=prod(?:uction)?(?![a-z]))/g;

/** What the name of the host says, at most one signal for each group of words. */
export function signalsByHostname({ hostname }: Facts): EnvironmentSignal[] {
  if (hostname === undefined) return [];
  const words = hostname
    .toLowerCase()
    .replace(NOT_PROD, '$1')
    .split(/[^a-z]+/);
  return HOST_WORDS.flatMap(({ environment, confidence, words: ours }): EnvironmentSignal[] => {
    const word = words.find((each) => ours.has(each));
    if (word === undefined) return [];
    const reasoning = `the host is named '${word}'`;
    return [{ source: 'hostname', value: hostname, environment, confidence, reasoning }];
  });
}
