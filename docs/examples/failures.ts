import { classify } from 'holdfast';

const shown = (error: unknown) => {
  const { kind, retry, breaker, status, code, retryAfterMs } = classify(error);
  console.log({ kind, retry, breaker, status, code, retryAfterMs });
};

// As the SDK of OpenAI throws them. It is a 429, and will be one for as long as nobody pays.
shown(Object.assign(new Error('429 You exceeded your current quota'), { status: 429, code: 'insufficient_quota' }));

// As `fetch` throws them: what happened is in the cause.
shown(new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) }));

// The name lies: the connection was reset.
shown(Object.assign(new Error('socket hang up'), { name: 'TimeoutError', code: 'ECONNRESET' }));

// A status and headers are enough, whoever throws them.
shown(Object.assign(new Error('busy'), { status: 503, headers: new Headers({ 'retry-after': '7' }) }));

// An error that says nothing is not retried.
shown(new Error('oh'));
