import { createResilience, type HoldfastEvent, type Resilience } from 'holdfast';
import { describe, expect, it } from 'vitest';

const SDK_ERRORS: readonly { readonly what: string; readonly fields: object }[] = [
  { what: 'the AI SDK', fields: { name: 'AI_RetryError', errors: [new Error('1'), new Error('2'), new Error('3')] } },
  { what: 'the AWS SDK', fields: { $metadata: { attempts: 3, totalRetryDelay: 120 } } },
  { what: 'p-retry', fields: { attemptNumber: 3, retriesLeft: 0 } },
  { what: 'gaxios', fields: { config: { retryConfig: { currentRetryAttempt: 2 } } } },
  {
    what: 'SDK, behind an error of the application,',
    fields: { cause: { cause: Object.assign(new Error('3 times'), { $metadata: { attempts: 3 } }) } },
  },
  { what: 'axios-retry', fields: { config: { 'axios-retry': { retryCount: 2 } } } },
];

function fail(resilience: Resilience, operation: string, fields: object): Promise<unknown> {
  return resilience.inspect(operation, () => Promise.reject(Object.assign(new Error('failed'), fields)));
}

describe('retry.doubled', () => {
  it.each(SDK_ERRORS)('is emitted once for an operation whose $what has retried by itself', async ({ fields }) => {
    const resilience = createResilience();
    const events: HoldfastEvent[] = [];
    resilience.on('retry.doubled', (event) => events.push(event));
    await fail(resilience, 'chat', fields);
    await fail(resilience, 'chat', fields);
    await fail(resilience, 'embed', fields);
    expect(events).toMatchObject([
      { operation: 'chat', attempt: 1, sdkAttempts: 3 },
      { operation: 'embed', attempt: 1, sdkAttempts: 3 },
    ]);
  });

  it.each([
    { what: 'an error of the AWS SDK after one attempt', fields: { $metadata: { attempts: 1 } } },
    { what: 'an AI SDK error with one attempt', fields: { name: 'AI_RetryError', errors: [new Error('1')] } },
    { what: 'an ordinary error', fields: {} },
    {
      what: 'an error that is its own cause',
      fields: {
        get cause(): unknown {
          return this;
        },
      },
    },
    {
      what: 'an error that cannot be read',
      fields: {
        get config() {
          return new Proxy(
            {},
            {
              get: () => {
                throw new Error('hostile');
              },
            },
          );
        },
      },
    },
  ])('is not emitted for $what', async ({ fields }) => {
    const resilience = createResilience();
    const events: HoldfastEvent[] = [];
    resilience.on('retry.doubled', (event) => events.push(event));
    await fail(resilience, 'chat', fields);
    expect(events).toEqual([]);
  });
});

describe('config.overruled', () => {
  const eventsOf = async (options: Parameters<typeof createResilience>[0]) => {
    const events: HoldfastEvent[] = [];
    createResilience(options).on('config.overruled', (event) => events.push(event));
    await Promise.resolve();
    return events;
  };
  const environment = { env: { HOLDFAST_PRESET: 'simple' } };

  it('is emitted when the code names another preset than HOLDFAST_PRESET', async () => {
    const overruled = { setting: 'preset', given: 'simple', inForce: 'production', by: 'code' };
    expect(await eventsOf({ environment, preset: 'production' })).toMatchObject([overruled]);
    expect(await eventsOf({ environment, config: { preset: 'production' } })).toMatchObject([overruled]);
  });

  it('is not emitted when the code names the same preset, or none', async () => {
    expect(await eventsOf({ environment, preset: 'simple' })).toEqual([]);
    expect(await eventsOf({ environment })).toEqual([]);
    expect(await eventsOf({ environment: { env: {} }, preset: 'production' })).toEqual([]);
  });
});
