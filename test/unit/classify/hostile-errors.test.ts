import { describe, expect, it, vi } from 'vitest';
import { type ClassifyRule, classify } from '../../../src/classify/index.js';

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

/** A Proxy each part of which is another one. */
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

describe('a hostile error', () => {
  it.each([
    ['a Proxy that throws', bomb],
    ['a revoked Proxy', revoked],
    ['a Proxy without a bottom', bottomless],
    ['a null prototype', () => Object.create(null)],
    ['a symbol', () => Symbol('x')],
    ['a big integer', () => 10n],
    ['a function', () => () => undefined],
    ['a frozen error', () => Object.freeze(new Error('x'))],
    ['itself as its cause', () => Object.assign(new Error('x'), { cause: new Error('y') })],
  ])('is unknown: %s', (_what, make) => {
    expect(classify(make())).toEqual(UNKNOWN);
  });

  it('tells what it lets be read', () => {
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
  ])('is what it is though its %s explodes', (name) => {
    expect(classify({ status: 503, [name]: bomb() })).toMatchObject({ kind: 'overloaded', status: 503 });
    expect(classify({ status: 503, [name]: revoked() })).toMatchObject({ kind: 'overloaded', status: 503 });
    expect(classify({ status: 503, [name]: bottomless() })).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it('tells what its body says beside a field that nobody looks at and that explodes', () => {
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
  ])('is what it is though the delay in its body is %s', (_what, retryDelay) => {
    expect(classify({ status: 429, error: { retryDelay } })).toMatchObject({ kind: 'rate_limited', status: 429 });
  });

  it.each([
    ['very long', '1,'.repeat(200_000)],
    ['a list that holds itself', holdingItself()],
    ['an exploding list', new Proxy([], { get: explode })],
  ])('is what it is though its header is %s', (_what, header) => {
    for (const headers of [{ 'retry-after': header }, { get: () => header }]) {
      expect(classify({ status: 429, headers })).toMatchObject({ kind: 'rate_limited', status: 429 });
    }
  });

  it('may carry the bytes of a body, whose fields nobody looks at', () => {
    const code = vi.fn(() => 'invalid_api_key');
    const data = Object.defineProperty(Buffer.alloc(4_000), 'code', { enumerable: true, get: code });
    expect(classify({ response: { status: 503, headers: {}, data } })).toMatchObject({ kind: 'overloaded' });
    expect(code).not.toHaveBeenCalled();
  });

  it('may claim to be headers, whose own iterator may have no end', () => {
    const iterate = vi.fn(() => [].values());
    for (const own of [{}, { get: () => null }]) {
      const headers = Object.assign(Object.create(Headers.prototype), { ...own, [Symbol.iterator]: iterate });
      expect(classify({ status: 429, headers })).toMatchObject({ kind: 'rate_limited' });
    }
    expect(iterate).not.toHaveBeenCalled();
  });

  it('is read once', () => {
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

  it('is left as it was', () => {
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
  ])('may have a %s body', (_what, body) => {
    expect(classify({ status: 503, body })).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it('may have a message of megabytes in which its body is hard to find', () => {
    const [needle, haystack] = [`${'a'.repeat(2_000)}b${'a'.repeat(2_000)}`, 'a'.repeat(60_000_000)];
    const error = Object.assign(new Error(`{"a":"${haystack}"}`), { status: 503, error: { message: needle } });
    // To look for the one in the other would take a minute, and meet the limit of the test.
    expect(classify(error)).toMatchObject({ kind: 'overloaded', status: 503 });
  });

  it('with an exploding signal beside it is unknown', () => {
    const signal = new AbortController().signal;
    Object.defineProperty(signal, 'aborted', { get: explode });
    expect(classify(new Error('x'), { signal })).toEqual(UNKNOWN);
  });
});
