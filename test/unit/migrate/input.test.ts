import { describe, expect, it } from 'vitest';
import { migrate } from '../../../src/migrate/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

/** The paths at which an input is refused. */
function pathsOf(from: unknown): string[] {
  return issuesOf(() => Reflect.apply(migrate, undefined, [from])).map(({ path }) => path);
}

describe('migrate() with wrong input', () => {
  it.each([
    [undefined, ['from']],
    [null, ['from']],
    ['env', ['from']],
    [{}, ['from']],
    [{ env: undefined }, ['from']],
    [{ env: {}, pRetry: {} }, ['from']],
    [{ opossum: {}, cockatiel: {}, pRetry: {} }, ['from']],
    [{ enf: {} }, ['from.enf', 'from']],
    [{ env: {}, more: 1 }, ['from.more']],
    [{ env: 'RETRY_MAX_ATTEMPTS=3' }, ['from.env']],
    [{ env: [] }, ['from.env']],
    [
      { env: { RETRY_MAX_ATTEMPTS: 3, RETRY_ENABLED: true } },
      ['from.env.RETRY_MAX_ATTEMPTS', 'from.env.RETRY_ENABLED'],
    ],
    [{ opossum: [] }, ['from.opossum']],
    [{ opossum: { timeout: true, resetTimeuot: 5 } }, ['from.opossum.resetTimeuot', 'from.opossum.timeout']],
    [
      { opossum: { errorThresholdPercentage: 101, enabled: 1, name: 5 } },
      ['errorThresholdPercentage', 'enabled', 'name'].map((name) => `from.opossum.${name}`),
    ],
    [
      { opossum: { resetTimeout: Infinity, volumeThreshold: -1 } },
      ['from.opossum.volumeThreshold', 'from.opossum.resetTimeout'],
    ],
    [{ pRetry: new Map() }, ['from.pRetry']],
    [
      { pRetry: { retries: -1, factor: Infinity, minTimeout: '5', maxTimeout: Number.NaN } },
      ['retries', 'factor', 'minTimeout', 'maxTimeout'].map((name) => `from.pRetry.${name}`),
    ],
    [
      { pRetry: { forever: true, randomize: 1, maxRetryTime: null } },
      ['forever', 'randomize', 'maxRetryTime'].map((name) => `from.pRetry.${name}`),
    ],
    [{ cockatiel: {} }, ['from.cockatiel']],
    [
      { cockatiel: { timeout: { strategy: 'lazy' }, cache: {} } },
      ['cache', 'timeout.duration', 'timeout.strategy'].map((name) => `from.cockatiel.${name}`),
    ],
    [
      { cockatiel: { retry: { maxAttempts: 'x', backoff: 'y' } } },
      ['from.cockatiel.retry.maxAttempts', 'from.cockatiel.retry.backoff'],
    ],
    [{ cockatiel: { retry: { backoff: [] } } }, ['from.cockatiel.retry.backoff']],
    [
      { cockatiel: { retry: { backoff: [1, -1, undefined] } } },
      ['from.cockatiel.retry.backoff[1]', 'from.cockatiel.retry.backoff[2]'],
    ],
    [{ cockatiel: { retry: { backoff: new Date(0) } } }, ['from.cockatiel.retry.backoff']],
    [
      { cockatiel: { retry: { backoff: { exponent: 0, generator: 'mine' } } } },
      ['from.cockatiel.retry.backoff.exponent', 'from.cockatiel.retry.backoff.generator'],
    ],
    [{ cockatiel: { breaker: {} } }, ['from.cockatiel.breaker.breaker', 'from.cockatiel.breaker.halfOpenAfter']],
    [
      { cockatiel: { breaker: { breaker: {}, halfOpenAfter: -1 } } },
      ['from.cockatiel.breaker.breaker.threshold', 'from.cockatiel.breaker.halfOpenAfter'],
    ],
    [
      { cockatiel: { breaker: { breaker: { duration: 0 }, halfOpenAfter: 1 } } },
      ['from.cockatiel.breaker.breaker.threshold', 'from.cockatiel.breaker.breaker.duration'],
    ],
    [
      { cockatiel: { breaker: { breaker: { size: 1.5, threshold: 2 }, halfOpenAfter: 1 } } },
      ['from.cockatiel.breaker.breaker.threshold', 'from.cockatiel.breaker.breaker.size'],
    ],
  ])('refuses %j with a path for each issue', (from, paths) => {
    expect(pathsOf(from)).toEqual(paths);
  });

  it('refuses a misspelt option with the one that was probably meant', () => {
    const [issue] = issuesOf(() => Reflect.apply(migrate, undefined, [{ opossum: { resetTimeuot: 5 } }]));
    expect(issue?.suggestion).toBe("Did you mean 'resetTimeout'?");
  });
});

describe('migrate() with input that cannot be read', () => {
  const trap = (name: string): object =>
    Object.defineProperty({}, name, {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  it.each([
    ['a source whose getter throws', trap('env'), 'from'],
    ['a variable whose getter throws', { env: trap('RETRY_ENABLED') }, 'from.env.RETRY_ENABLED'],
    ['an option whose getter throws', { pRetry: trap('retries') }, 'from.pRetry'],
    ['a policy of cockatiel whose getter throws', { cockatiel: trap('retry') }, 'from.cockatiel'],
    [
      'a backoff whose getter throws',
      { cockatiel: { retry: { backoff: trap('initialDelay') } } },
      'from.cockatiel.retry.backoff',
    ],
    ['a source that is a revoked Proxy', proxy, 'from'],
    ['an environment that is a revoked Proxy', { env: proxy }, 'from.env'],
    ['options that are a revoked Proxy', { opossum: proxy }, 'from.opossum'],
  ])('refuses %s with its path', (_, from, path) => {
    expect(pathsOf(from)).toEqual([path]);
  });
});

describe('migrate() with any input', () => {
  it('reads each option once and changes nothing', () => {
    let readings = 0;
    const pRetry = Object.freeze({
      get retries() {
        readings++;
        return readings;
      },
    });
    const { config } = migrate({ pRetry });
    expect(config.defaults?.retry).toMatchObject({ maxAttempts: 2 });
    expect(readings).toBe(1);
  });
});
