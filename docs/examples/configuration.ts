import { createResilience } from 'holdfast';

const resilience = createResilience({
  preset: 'production',
  config: {
    defaults: { deadlineMs: 30_000 },
    operations: {
      chat: { strategy: 'aggressive', attemptTimeoutMs: 10_000 },
      ask: { alias: 'chat' },
    },
  },
});

// Each value has the layer that set it.
const { settings } = resilience.config('ask');
for (const path of ['deadlineMs', 'attemptTimeoutMs', 'retry.maxAttempts', 'quota.maxWaitMs']) {
  const { value, layer, name } = settings[path] ?? {};
  console.log(`${path} = ${value} from ${layer} ${name ?? ''}`.trim());
}

// A dry run lists what a change would do.
const change = { operations: { chat: { retry: { maxAttempts: 4 } } } };
for (const { operation, path, from, to } of resilience.configure(change, { dryRun: true }).changes) {
  console.log(`${operation} ${path}: ${from?.value} -> ${to?.value}`);
}

resilience.on('config.changed', (event) => console.log(`changed by ${event.change.actor}`));
resilience.configure(change, { actor: 'ops', reason: 'the provider fails often today' });

await resilience.close();
