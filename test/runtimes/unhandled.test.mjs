import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';

/**
 * Runs a script of its own process, which prints what was not handled.
 *
 * @param {string} script
 */
function run(script) {
  const watching = `
import { createResilience } from 'holdfast';
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(String(error?.message ?? error)));
process.on('uncaughtException', (error) => unhandled.push('uncaught ' + error.message));
process.on('exit', () => console.log(JSON.stringify(unhandled)));
const alive = setTimeout(() => undefined, 200);
const resilience = createResilience({ config: { defaults: { deadlineMs: 50 } } });
const down = () => { throw new Error('down'); };
const never = () => new Promise(() => undefined);
${script}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', watching], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return JSON.parse(stdout);
}

describe('a caller that ignores a rejected call', () => {
  it('has one unhandled rejection, like with any promise: nothing is swallowed', () => {
    assert.deepEqual(run(`void resilience.execute('chat', down);`), ['down']);
    assert.deepEqual(run(`void resilience.execute('', down);`).length, 1);
    assert.deepEqual(run(`void resilience.wrap('chat', down)();`), ['down']);
    assert.match(run(`void resilience.execute('chat', never);`)[0], /deadline of 50 ms/);
    assert.match(
      run(`resilience.operation('chat').breaker().open(); void resilience.execute('chat', down);`)[0],
      /is open/,
    );
  });
});

describe('a caller that handles a rejected call', () => {
  it('has no unhandled rejection, however the call ends', () => {
    const handled = `
const ignore = () => undefined;
resilience.execute('chat', down).catch(ignore);
resilience.execute('', down).catch(ignore);
resilience.execute('chat', never).catch(ignore);
resilience.execute('chat', () => 1, { signal: AbortSignal.abort() }).catch(ignore);
resilience.operation('shut').breaker().open();
resilience.execute('shut', down).catch(ignore);
void resilience.inspect('chat', down);
// A late failure of an abandoned attempt.
resilience.execute('chat', () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 100))).catch(ignore);
// Listeners that fail.
resilience.on('*', down);
resilience.on('*', async () => down());
resilience.execute('chat', down).catch(ignore);
`;
    assert.deepEqual(run(handled), []);
  });
});
