import { ClientRateLimit } from 'holdfast/admin';
import { validateSecurity } from 'holdfast/config';

const limit = new ClientRateLimit();

/** What a service answers to a config that a client has sent. */
function receive(client: string, text: string): { readonly status: number; readonly answer: unknown } {
  const verdict = limit.take(client);
  if (!verdict.allowed) return { status: 429, answer: { retryAfterSeconds: Math.ceil(verdict.retryAfterMs / 1_000) } };
  const { valid, errors, value } = validateSecurity(text, 'body');
  if (!valid) return { status: 400, answer: errors.map(({ path, message }) => `${path} ${message}`) };
  // From here on, use `value` and never the text: it is what was checked.
  return { status: 200, answer: value };
}

const show = (client: string, text: string) => console.dir(receive(client, text), { depth: 5 });

show('alice', '{ "operations": { "chat": { "deadlineMs": 30000 } } }');
show('alice', '{ "operations": { "chat": { "deadlineMs": 20000 } } }');
show('bob', '{ "operations": { "__proto__": { "deadlineMs": 1 }, "chat": { "strategy": "<script>" } } }');
show('carol', '{ "preset": "simple", "preset": "production" }');
