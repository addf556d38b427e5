import { classify } from 'holdfast';

const show = (error: unknown) => {
  const { kind, retry, breaker, retryAfterMs } = classify(error);
  console.log(kind, retry, breaker, retryAfterMs);
};

// From OpenAI's SDK: a 429 for which a retry does not help: the account is out of credit.
show(Object.assign(new Error('429 You exceeded your current quota'), { status: 429, code: 'insufficient_quota' }));

// From `fetch`: the reason is in the cause.
show(new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }));

// A misleading name: the connection was reset.
show(Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' }));

// A status and headers are enough, whatever client throws them.
show(Object.assign(new Error('busy'), { status: 503, headers: new Headers({ 'retry-after': '7' }) }));

// An error without any evidence is not retried.
show(new Error('oh'));
