import { describe, expect, it, vi } from 'vitest';
import { type ClassifyRule, classify, type ErrorFacts } from '../../../src/classify/index.js';

const explode = (): never => {
  throw new RangeError('do not look');
};
const TRAPS = ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor', 'isExtensible'];
const bomb = (): object => new Proxy({}, Object.fromEntries(TRAPS.map((trap) => [trap, explode])));

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A Proxy whose every property is another such Proxy. */
function bottomless(): object {
  return new Proxy(() => undefined, { get: (_target, key) => (key === 'length' ? 1 : bottomless()) });
}

/** An object whose named fields throw when they are read. */
function withTraps(names: readonly string[], rest: object = {}): object {
  return Object.defineProperties({ ...rest }, Object.fromEntries(names.map((name) => [name, { get: explode }])));
}

function holdingItself(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

const UNKNOWN = { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true };

describe('classify with hostile errors', () => {
  it.each([
    ['a Proxy that throws', bomb],
    ['a revoked Proxy', revoked],
    ['a Proxy without a bottom', bottomless],
    ['an object without a prototype', () => Object.create(null)],
    ['a symbol', () => Symbol('x')],
    ['a big integer', () => 10n],
    ['a function', () => () => undefined],
    ['a frozen error', () => Object.freeze(new Error('x'))],
    ['an error with a cause', () => Object.assign(new Error('x'), { cause: new Error('y') })],
  ])('returns unknown for %s', (_what, make) => {
    expect(classify(make())).toEqual(UNKNOWN);
  });

  it('uses the fields that can be read even if others throw', () => {
    const error = withTraps(['name', 'message', 'code', 'cause', 'errors', 'headers', 'error'], { status: 503 });
    expect(classify(error)).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it.each([
    'headers',
    'responseHeaders',
    'response',
    'rawResponse',
    '$response',
    '$metadata',
    'error',
    'body',
    'data',
    'responseBody',
    'constructor',
    'url',
    'errors',
    'details',
    'requestID',
  ])('uses the status even if reading %s throws', (name) => {
    expect(classify({ status: 503, [name]: bomb() })).toMatchObject({ kind: 'overloaded', status: 503 });
    expect(classify({ status: 503, [name]: revoked() })).toMatchObject({ kind: 'overloaded', status: 503 });
    expect(classify({ status: 503, [name]: bottomless() })).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it('uses a body even if one of its unused fields throws', () => {
    const body: object = Object.create(null, {
      request: { get: explode, enumerable: true },
      code: { value: 'insufficient_quota', enumerable: true },
    });
    expect(classify({ status: 429, error: body })).toMatchObject({ kind: 'quota_exhausted' });
  });

  it.each([
    ['a getter', withTraps(['seconds'])],
    ['a Proxy that throws', bomb()],
    ['a revoked Proxy', revoked()],
  ])('uses the status even if the delay in the body is %s', (_what, retryDelay) => {
    expect(classify({ status: 429, error: { retryDelay } })).toMatchObject({ kind: 'rate_limited', status: 429 });
  });

  it.each([
    ['very long', '1,'.repeat(200_000)],
    ['a list that holds itself', holdingItself()],
    ['a list that throws', new Proxy([], { get: explode })],
  ])('uses the status even if a header is %s', (_what, header) => {
    for (const headers of [{ 'retry-after': header }, { get: () => header }]) {
      expect(classify({ status: 429, headers })).toMatchObject({ kind: 'rate_limited', status: 429 });
    }
  });

  it('only as many headers are read as Node takes of a response', () => {
    const headers = Array.from({ length: 3_000 }, (_, index) => [`x-${index}`, '1'] as const);
    const late = [...headers, ['retry-after', '5'] as const];
    const early = [['retry-after', '5'] as const, ...headers];
    for (const shape of [Object.fromEntries, (pairs: typeof late) => new Map(pairs), (pairs: typeof late) => pairs]) {
      expect(classify({ status: 429, headers: shape(early) }).retryAfterMs).toBe(5_000);
      expect(classify({ status: 429, headers: shape(late) }).retryAfterMs).toBeUndefined();
    }
  });

  it('does not read the fields of a body in bytes', () => {
    const code = vi.fn(() => 'invalid_api_key');
    const data = Object.defineProperty(Buffer.alloc(4_000), 'code', { enumerable: true, get: code });
    expect(classify({ response: { status: 503, headers: {}, data } })).toMatchObject({ kind: 'overloaded' });
    expect(code).not.toHaveBeenCalled();
  });

  it('never calls an overridden iterator of headers', () => {
    const iterate = vi.fn(() => [].values());
    for (const own of [{}, { get: () => null }]) {
      const headers = Object.assign(Object.create(Headers.prototype), { ...own, [Symbol.iterator]: iterate });
      expect(classify({ status: 429, headers })).toMatchObject({ kind: 'rate_limited' });
    }
    expect(iterate).not.toHaveBeenCalled();
  });

  it('reads each field once', () => {
    let reads = 0;
    const error = {
      get status() {
        reads += 1;
        return 503;
      },
    };
    const rules: ClassifyRule[] = [{ when: { status: 1 }, means: 'auth' }];
    expect([classify(error, { rules }).status, reads]).toEqual([503, 1]);
  });

  it('does not change an error', () => {
    const error = Object.assign(new Error('x', { cause: new Error('y') }), { status: 429, headers: { a: '1' } });
    const before = structuredClone({ ...error });
    classify(error);
    expect({ ...error }).toEqual(before);
    expect(Reflect.ownKeys(error)).toEqual(['stack', 'message', 'cause', 'status', 'headers']);
  });

  it.each([
    ['deep', `${'{"error":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['wide', JSON.stringify({ details: Array.from({ length: 1_000 }, () => ({ code: 'x' })) })],
    ['long', `{"error":"${'x'.repeat(1_000_000)}"}`],
    ['broken', '{"error":'],
    ['of another kind', '[1,2,3]'],
  ])('uses the status with a body that is %s', (_what, body) => {
    expect(classify({ status: 503, body })).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it.each([
    ['a body', (text: string) => ({ status: 503, body: text })],
    ['a message', (text: string) => Object.assign(new Error(text), { status: 503 })],
    ['a message within a body', (text: string) => ({ status: 503, body: { error: { message: text } } })],
  ])('%s that is nested too deep reaches no rule as an object', (_what, build) => {
    const seen: unknown[] = [];
    const when = ({ body }: ErrorFacts) => {
      seen.push(JSON.stringify(body));
      return false;
    };
    const text = `${'{"error":'.repeat(101)}1${'}'.repeat(101)}`;
    expect(classify(build(text), { rules: [{ when, means: 'auth' }] })).toMatchObject({ kind: 'overloaded' });
    expect(seen.filter((each) => typeof each === 'string' && each.includes('{"error":{"error"'))).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  it('does not search a message of megabytes for the text of the body', () => {
    const [needle, haystack] = [`${'a'.repeat(2_000)}b${'a'.repeat(2_000)}`, 'a'.repeat(60_000_000)];
    const error = Object.assign(new Error(`{"a":"${haystack}"}`), { status: 503, error: { message: needle } });
    // Searching for one in the other would take a minute and exceed the time limit of the test.
    expect(classify(error)).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it('returns unknown if reading the signal throws', () => {
    const signal = new AbortController().signal;
    Object.defineProperty(signal, 'aborted', { get: explode });
    expect(classify(new Error('x'), { signal })).toEqual(UNKNOWN);
  });
});
