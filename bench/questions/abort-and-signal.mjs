// @ts-check
import assert from 'node:assert/strict';
import { createResilience } from 'holdfast';
import { cockatielStack } from '../harness/peers.mjs';
import { race } from '../harness/race.mjs';

const work = async () => 'an answer';

async function measure() {
  const resilience = createResilience();
  const cooperative = cockatielStack('cooperative');
  const { signal } = new AbortController();
  /**
   * @param {string} name
   * @param {() => Promise<unknown>} call
   */
  const contender = (name, call) => ({ name, call, check: async () => assert.notEqual(await call(), undefined) });
  const found = await race({
    name: 'a call that succeeds, by what it does with signals',
    reference: 'holdfast, no signal',
    guarded: ['cockatiel, signal given'],
    contenders: [
      contender('bare function that makes an AbortSignal', async () => new AbortController().signal),
      contender('holdfast, no signal', () => resilience.execute('chat', work)),
      contender('holdfast, call.signal read', () => resilience.execute('chat', async (call) => call.signal.aborted)),
      contender('holdfast, signal given, shared by all calls', () => resilience.execute('chat', work, { signal })),
      contender('holdfast, signal given, a new one each call', () =>
        resilience.execute('chat', work, { signal: new AbortController().signal }),
      ),
      contender('holdfast, signal given and call.signal read', () =>
        resilience.execute('chat', async (call) => call.signal.aborted, { signal }),
      ),
      contender('cockatiel, signal given', () => cooperative.execute(work, signal)),
    ],
  });
  await resilience.close();
  return [found];
}

/** @type {import('../harness/results.mjs').Question} */
export const question = { title: 'what do signals cost?', measure };
