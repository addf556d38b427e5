import { describe, expect, it } from 'vitest';
import { DIALECTS, recogniseDialect } from '../../../../src/streams/dialects/index.js';

const explode = (): never => {
  throw new RangeError('do not look');
};
const TRAPS = ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'];

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A Proxy whose every property is another such Proxy. */
function bottomless(): object {
  return new Proxy({}, { get: () => bottomless(), has: () => true });
}

/** A list that claims to have more items than can ever be read. */
function endless(item: unknown): unknown[] {
  return new Proxy([], {
    get: (target, key) => (key === 'length' ? 2 ** 53 - 1 : key in target ? Reflect.get(target, key) : item),
  });
}

const cyclic: Record<string, unknown> = { type: 'tool-call', toolCallId: 'a', toolName: 'b' };
cyclic['input'] = cyclic;

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', Number.NaN],
  ['a symbol', Symbol('x')],
  ['a big integer', 10n],
  ['a function', explode],
  ['a list', [1, 2]],
  ['an object without a prototype', Object.create(null)],
  ['a Proxy that throws', new Proxy({}, Object.fromEntries(TRAPS.map((trap) => [trap, explode])))],
  ['a revoked Proxy', revoked()],
  ['a Proxy without a bottom', bottomless()],
  ['a getter that throws', Object.defineProperty({ choices: [] }, 'usage', { get: explode })],
  ['a type that throws', Object.defineProperty({}, 'type', { get: explode })],
  [
    'keys of the prototype',
    JSON.parse('{"__proto__":{"type":"finish"},"constructor":{"choices":[]},"type":"__proto__"}'),
  ],
  ['a type that is no text', { type: { toString: explode }, choices: [null], candidates: [7] }],
  ['an endless list of choices', { choices: endless({ delta: { content: 'x' } }) }],
  ['an endless list of parts', { candidates: [{ content: { parts: endless({ text: 'x' }) } }] }],
  ['a cyclic input', cyclic],
  [
    'arguments that cannot be JSON',
    { candidates: [{ content: { parts: [{ functionCall: { name: 'x', args: { a: 1n } } }] } }] },
  ],
  ['choices that are text', { object: 'chat.completion.chunk', choices: 'x'.repeat(1_000_000) }],
  ['numbers of tokens that are none', { choices: [], usage: { prompt_tokens: -1, completion_tokens: Number.NaN } }],
  ['megabytes of text', { choices: [{ delta: { content: 'x'.repeat(10_000_000) } }] }],
];

describe.each(HOSTILE)('an event that is %s', (_, event) => {
  it.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))(
    'does not make the dialect %s throw',
    (_name, dialect) => {
      expect(typeof dialect.recognises(event)).toBe('boolean');
      expect(Array.isArray(dialect.read(event))).toBe(true);
    },
  );

  it('does not keep a dialect from being chosen', () => {
    expect(() => recogniseDialect(event)).not.toThrow();
  });
});

describe('the fields of an event', () => {
  it('are used even if one that has no meaning throws', () => {
    const event = Object.defineProperty({ type: 'message_stop' }, 'other', { enumerable: true, get: explode });
    expect(recogniseDialect(event)?.read(event)).toEqual([{ kind: 'end' }]);
  });
});
