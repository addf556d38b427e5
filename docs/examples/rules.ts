import { type ClassifyRule, classify, createResilience } from 'holdfast';

// #region rules
const rules: readonly ClassifyRule[] = [
  // As data: all given parts must match, a list by any of its values.
  { name: 'maintenance', when: { status: [500, 502], message: 'maintenance' }, means: 'overloaded' },
  // With details that override those of the kind.
  {
    name: 'our gateway',
    when: { code: 'upstream_busy' },
    means: { kind: 'overloaded', breaker: 'ignored', retryAfterMs: 5_000 },
  },
  // As a function of the facts about the error and everything behind it.
  { name: 'trial account', when: (facts) => facts.header('x-plan') === 'trial', means: 'quota_exhausted' },
];

const resilience = createResilience({ classify: rules });
// #endregion

const busy = Object.assign(new Error('later'), { code: 'upstream_busy' });
const { kind, breaker, retryAfterMs, hintSource } = classify(busy, { rules });
console.log({ kind, breaker, retryAfterMs, hintSource });

const trial = Object.assign(new Error('no'), { status: 403, headers: { 'X-Plan': 'trial' } });
const report = await resilience.inspect('chat', () => Promise.reject(trial));
console.log(report.failure?.kind, report.attempts.length);

await resilience.close();
