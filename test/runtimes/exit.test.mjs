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

describe('a process', () => {
  it('exits by itself with open breakers and a hung call, and warns of nothing', () => {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', CARELESS],
      // Every wait inside is a minute or more: whoever is kept alive by one is killed here.
      { encoding: 'utf8', timeout: 30_000 },
    );
    assert.deepEqual(
      { status, signal, stdout, stderr },
      { status: 0, signal: null, stdout: 'open open\n', stderr: '' },
    );
  });
});
