/** How SDKs show in an error how many attempts they made. */
const ATTEMPTS_OF: readonly ((error: Fields) => unknown)[] = [
  // AI SDK: `AI_RetryError`, with the error of each attempt.
  ({ name, errors }) => name === 'AI_RetryError' && Array.isArray(errors) && errors.length,
  // AWS SDK.
  ({ $metadata }) => readFields($metadata)['attempts'],
  // p-retry up to 6, and LangChain versions that used it: the number of the attempt that failed.
  ({ attemptNumber, retriesLeft }) => typeof retriesLeft === 'number' && attemptNumber,
  // gaxios, which Google's clients use, and axios-retry: retries so far.
  ({ config }) => addOne(readFields(readFields(config)['retryConfig'])['currentRetryAttempt']),
  ({ config }) => addOne(readFields(readFields(config)['axios-retry'])['retryCount']),
];

interface Fields extends Readonly<Record<string, unknown>> {
  readonly name?: unknown;
  readonly errors?: unknown;
  readonly $metadata?: unknown;
  readonly attemptNumber?: unknown;
  readonly retriesLeft?: unknown;
  readonly config?: unknown;
  readonly cause?: unknown;
}

const NO_FIELDS: Fields = {};

/** The most causes to inspect: an application may have wrapped the error of its SDK. */
const LONGEST_CHAIN = 5;

/**
 * Finds how many attempts an SDK made before it threw this error or one of its causes; `undefined` if they do not show
 * more than one.
 */
export function findSdkAttempts(error: unknown): number | undefined {
  try {
    let fields = readFields(error);
    for (let length = 0; length < LONGEST_CHAIN; length++) {
      const attempts = ATTEMPTS_OF.map((attemptsOf) => attemptsOf(fields)).find(isSeveral);
      if (attempts !== undefined) return attempts;
      fields = readFields(fields.cause);
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function isSeveral(count: unknown): count is number {
  return typeof count === 'number' && Number.isInteger(count) && count > 1;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function readFields(value: unknown): Fields {
  return isFields(value) ? value : NO_FIELDS;
}

function addOne(retries: unknown): unknown {
  return typeof retries === 'number' ? retries + 1 : undefined;
}
