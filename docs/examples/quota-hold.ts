import { createResilience, QuotaHeldError } from 'holdfast';

const resilience = createResilience();

resilience.on('quota.held', ({ operation, key, kind, forMs }) => {
  console.log(`held: ${operation}/${key}, ${kind}, for ${forMs} ms`);
});

// #region hold
/** Stands in for a provider that limits one model. */
function ask(model: string): string {
  if (model === 'small') return 'small answers';
  throw Object.assign(new Error('too many requests'), { status: 429, headers: { 'retry-after': '60' } });
}

for (const model of ['large', 'large', 'small']) {
  try {
    console.log(await resilience.execute('chat', () => ask(model), { key: model }));
  } catch (error) {
    if (QuotaHeldError.is(error)) console.log(`not asked: held for another ${Math.ceil(error.retryAfterMs / 1_000)} s`);
    else console.log('failed');
  }
}

const { status, holds } = resilience.health();
for (const { name, kind } of holds) console.log(status, name, kind);
// #endregion

console.log(resilience.stats('chat').rejections.quota);

await resilience.close();
