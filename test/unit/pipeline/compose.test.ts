import { describe, expect, it } from 'vitest';
import { compose, type Stage } from '../../../src/pipeline/index.js';
import { stagedCall } from '../../support/staged-call.js';

/** Notes when it is entered and left. */
function noting(name: string, log: string[]): Stage {
  return (next) => async (call) => {
    log.push(`> ${name}`);
    const result = await next(call);
    log.push(`< ${name}`);
    return result;
  };
}

describe('compose()', () => {
  it('wraps the innermost in the stages, the first one outermost', async () => {
    const log: string[] = [];
    const run = compose([noting('outer', log), noting('inner', log)], (call) => {
      log.push('fn');
      return call.invoke();
    });
    expect(await run(stagedCall())).toBe('invoked');
    expect(log).toEqual(['> outer', '> inner', 'fn', '< inner', '< outer']);
  });

  it('leaves out what is switched off: it is not in the chain at all', () => {
    const innermost = () => Promise.resolve(1);
    expect(compose([], innermost)).toBe(innermost);
    expect(compose([undefined, undefined], innermost)).toBe(innermost);
  });

  it('makes each stage once, however many calls pass', async () => {
    let made = 0;
    const stage: Stage = (next) => {
      made += 1;
      return next;
    };
    const run = compose([stage, undefined, stage], (call) => call.invoke());
    await run(stagedCall());
    await run(stagedCall());
    expect(made).toBe(2);
  });
});
