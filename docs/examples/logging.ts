// #region logging
import { AsyncLocalStorage } from 'node:async_hooks';
import { createResilience, explain } from 'holdfast';
import OpenAI from 'openai';

/** What pino and most other loggers have. */
interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const requests = new AsyncLocalStorage<{ readonly requestId: string }>();

function createLoggedResilience(logger: Logger) {
  // What the hook returns is in the `context` of each event of the call.
  const resilience = createResilience({ context: () => ({ ...requests.getStore() }) });

  resilience.on('call.failed', ({ context, callId, stopReason, failure, error }) => {
    const fields = { ...context, callId, stopReason, kind: failure?.kind, providerRequestId: failure?.requestId };
    logger.error(fields, explain(error)?.summary ?? 'a call failed');
  });
  resilience.on('retry.scheduled', ({ context, callId, operation, key, attempt, delayMs, failure }) => {
    logger.info({ ...context, callId, operation, key, attempt, delayMs, kind: failure.kind }, 'retry');
  });
  resilience.on('breaker.opened', ({ breaker, cause, waitMs }) => logger.warn({ breaker, cause, waitMs }, 'opened'));
  resilience.on('breaker.closed', ({ breaker }) => logger.info({ breaker }, 'closed'));
  resilience.on('quota.held', ({ operation, key, kind, forMs }) => {
    logger.warn({ operation, key, kind, forMs }, 'quota held');
  });
  resilience.on('retry.doubled', ({ operation, sdkAttempts }) => {
    logger.warn({ operation, sdkAttempts }, 'the SDK retries as well: set its maxRetries to 0');
  });
  resilience.on('hook.failed', ({ hook, error }) => logger.error({ hook, err: error }, 'a hook failed'));
  return resilience;
}
// #endregion

// Stands in for pino. Ids and durations differ from run to run.
const volatile = new Set(['callId', 'delayMs', 'forMs']);
const log = (level: string) => (fields: object, message: string) => {
  const shown = JSON.stringify(fields, (name, value: unknown) => (volatile.has(name) ? undefined : value));
  console.log(level, shown, message);
};
const resilience = createLoggedResilience({ info: log('info'), warn: log('warn'), error: log('error') });
const openai = new OpenAI({ maxRetries: 0 });

for (const [requestId, model] of [
  ['r-1', 'gpt-5-mini'],
  ['r-2', 'gpt-5'],
] as const) {
  await requests.run({ requestId }, () =>
    resilience.inspect('chat', (call) => openai.responses.create({ model, input: 'Why?' }, { signal: call.signal }), {
      key: model,
      deadlineMs: 20_000,
    }),
  );
}
await resilience.close();
