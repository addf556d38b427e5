import { classify } from 'holdfast';

// #region failures
/** What a provider says, as an error that any SDK might throw. */
function failure(status: number, { code, headers }: { code?: string; headers?: Record<string, string> } = {}): Error {
  return Object.assign(new Error(`status ${status}`), { status, ...(code && { code }), ...(headers && { headers }) });
}

const failures: Readonly<Record<string, Error>> = {
  busy: failure(503),
  limited: failure(429, { headers: { 'retry-after': '20' } }),
  'out of credit': failure(429, { code: 'insufficient_quota' }),
  'wrong key': failure(401),
  'bad request': failure(400),
  'too long': failure(400, { code: 'context_length_exceeded' }),
  broken: failure(500),
  'no connection': Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
};
// #endregion

for (const [name, error] of Object.entries(failures)) {
  const { kind, retry } = classify(error);
  console.log(`${name}: ${kind}, ${retry}`);
}
