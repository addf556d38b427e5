import { createResilience } from 'holdfast';

// Short, so that this ends soon. Left out, it is a second.
const resilience = createResilience({ config: { defaults: { quota: { spreadMs: 50 } } } });

resilience.on('quota.released', () => console.log('released'));

// #region wait
let requests = 0;
/** Stands in for a provider that asks for a wait of 200 ms. */
function ask(): string {
  requests += 1;
  if (requests > 1) return 'fine';
  throw Object.assign(new Error('too many requests'), { status: 429, headers: { 'retry-after-ms': '200' } });
}

const first = resilience.execute('chat', ask);
await new Promise(setImmediate);

// These find the quota held, and wait for it instead of failing one by one.
const others = ['a', 'b', 'c'].map(() => resilience.execute('chat', ask));
console.log(requests, 'request so far');

console.log(await Promise.all([first, ...others]));
console.log(requests, 'requests');
// #endregion

await resilience.close();
