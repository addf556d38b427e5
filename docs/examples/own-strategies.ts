import { createResilience } from 'holdfast';

const resilience = createResilience({
  strategies: {
    nightly: { description: 'Work that has until morning.', settings: { retry: { maxAttempts: 12 } } },
  },
  config: { operations: { reindex: { strategy: 'nightly' } } },
});

console.log(resilience.config('reindex').settings['retry.maxAttempts']);
