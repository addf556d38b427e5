import { type ClassifyRule, createResilience, explain, toHttpStatus } from 'holdfast';

class AIServiceException extends Error {}
class TransientAIError extends AIServiceException {}
class PermanentAIError extends AIServiceException {}
class RateLimitError extends TransientAIError {
  /** It was `retry_after`, in seconds. */
  readonly retryAfterMs = 20;
}
class ServiceUnavailableError extends TransientAIError {}

// #region rules
/** What the old classes mean. A rule looks at the name of the class, so a subclass has a rule of its own. */
const rules: readonly ClassifyRule[] = [
  { when: { name: 'RateLimitError' }, means: 'rate_limited' },
  { when: { name: 'ServiceUnavailableError' }, means: 'overloaded' },
  { when: { name: ['TransientAIError', 'AIServiceException', 'InfrastructureError'] }, means: 'server_error' },
  { when: { name: ['PermanentAIError', 'ValidationError', 'RequestTooLargeError'] }, means: 'invalid_request' },
  { when: { name: ['AuthenticationError', 'AuthorizationError'] }, means: 'auth' },
];

const resilience = createResilience({ classify: rules });
// #endregion

const settings = { retry: { minDelayMs: 1, maxDelayMs: 50 } };
for (const Thrown of [TransientAIError, RateLimitError, ServiceUnavailableError, PermanentAIError]) {
  try {
    await resilience.execute(Thrown.name, () => Promise.reject(new Thrown('the provider failed')), { settings });
  } catch (error) {
    // The very error that was thrown last, with what is known of it beside it.
    const { failure, attempts, stopReason } = explain(error) ?? {};
    console.log(error instanceof Thrown, failure?.kind, attempts?.length, stopReason, toHttpStatus(error));
  }
}

await resilience.close();
