import { describe, expect, it } from 'vitest';
import { compose, type Stage } from '../../../src/pipeline/index.js';
import { firstAttempt } from '../../support/attempts.js';

/** Notes when it is entered and left. */
function noting(name: string, log: string[]): Stage {
  return (next) => async (attempt) => {
    log.push(`> ${name}`);
    const result = await next(attempt);
    log.push(`< ${name}`);
    return result;
  };
}

describe('compose()', () => {
  it('wraps the innermost run in the stages, the first stage outermost', async () => {
    const log: string[] = [];
    const run = compose([noting('outer', log), noting('inner', log)], (each) => {
      log.push('fn');
      return each.invoke();
    });
    expect(await run(firstAttempt())).toBe('fine');
    expect(log).toEqual(['> outer', '> inner', 'fn', '< inner', '< outer']);
  });

  it('leaves disabled stages out of the chain altogether', () => {
    const innermost = () => Promise.resolve(1);
    expect(compose([], innermost)).toBe(innermost);
    expect(compose([undefined, false, undefined], innermost)).toBe(innermost);
  });

  it('makes each stage once, however many calls pass through the chain', async () => {
    let made = 0;
    const stage: Stage = (next) => {
      made += 1;
      return next;
    };
    const run = compose([stage, undefined, stage], (each) => each.invoke());
    await run(firstAttempt());
    await run(firstAttempt());
    expect(made).toBe(2);
  });
});
