import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

/** Leaves an open breaker, a deadline that is far away and a hung call behind, and closes nothing. */
const CARELESS = `
import { createResilience } from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
const failing = () => { throw new Error('down'); };
const resilience = createResilience({ config: { defaults: { breaker: { trip: { consecutiveFailures: 1 } } } } });
await resilience.execute('chat', failing).catch(() => undefined);
const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 } });
await breaker.execute(failing).catch(() => undefined);
void resilience.execute('hung', () => new Promise(() => undefined));
console.log(resilience.breaker('chat').state, breaker.state);
`;

/** Leaves nothing under way but a call between two attempts, and then one that waits for its quota. */
const PATIENT = `
import { createResilience } from 'holdfast';
import { retry } from 'holdfast/retry';
const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
const limited = Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after-ms': '100' } });
const answer = (error) => ({ attempt }) => { if (attempt === 1) throw error; return 'attempt ' + attempt; };
const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 100 }, quota: { spreadMs: 10 } } } });
console.log(await resilience.execute('chat', answer(reset)));
console.log(await resilience.execute('chat', answer(limited)));
console.log(await retry(answer(reset), { minDelayMs: 100 }));
`;

describe('a process', () => {
  it('stays alive for a call that waits', () => {
    const args = ['--input-type=module', '--eval', PATIENT];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'attempt 2\n'.repeat(3), stderr: '' });
  });

  it('exits by itself with open breakers and a hung call, and warns of nothing', () => {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', CARELESS],
      // Every wait inside is a minute or more: a process that one keeps alive is killed here.
      { encoding: 'utf8', timeout: 30_000 },
    );
    assert.deepEqual(
      { status, signal, stdout, stderr },
      { status: 0, signal: null, stdout: 'open open\n', stderr: '' },
    );
  });
});
