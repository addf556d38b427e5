import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AuditTrail } from '../../../src/telemetry/usage/usage.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { clock, HOUR, START } from './usage-recorder.js';

const DAY = 24 * HOUR;
const CHANGE = { actor: 'alice', action: 'configure', path: 'operations.chat.deadlineMs', from: 1, to: 2 };

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('an audit trail', () => {
  it('keeps who changed what, when, from what to what, and where', () => {
    const trail = new AuditTrail();
    const entry = trail.record({ ...CHANGE, from: undefined, to: { openMs: 5 }, layer: 'code', reason: 'too slow' });
    expect(entry).toStrictEqual({
      number: 1,
      at: START,
      actor: 'alice',
      action: 'configure',
      path: 'operations.chat.deadlineMs',
      from: undefined,
      to: { openMs: 5 },
      layer: 'code',
      reason: 'too slow',
    });
    expect(trail.query()).toEqual([entry]);
  });

  it('cannot be changed afterwards, neither by the entry nor by what it was told', () => {
    const trail = new AuditTrail();
    const to = { retry: { kinds: ['network'] } };
    const entry = trail.record({ ...CHANGE, to });
    to.retry.kinds.push('timeout');
    expect(entry.to).toEqual({ retry: { kinds: ['network'] } });
    const { to: kept } = entry;
    expect(kept).toSatisfy((one: typeof to) => Object.isFrozen(one.retry.kinds) && Object.isFrozen(one.retry));
    expect(Object.isFrozen(entry)).toBe(true);
  });

  it('keeps in words what JSON cannot hold', () => {
    const self: Record<string, unknown> = {};
    self['self'] = self;
    const trail = new AuditTrail();
    const kept = (value: unknown) => trail.record({ ...CHANGE, to: value }).to;
    expect(kept(self)).toBe('(cannot be written as JSON)');
    expect(kept({ toJSON: () => undefined })).toBe('(cannot be written as JSON)');
    expect(kept(() => 1)).toBe('(a function)');
    expect(kept(5n)).toBe('(5n)');
    expect(kept(Symbol('x'))).toBe('(Symbol(x))');
    expect(kept(Number.NaN)).toBe('NaN');
    expect(kept('x'.repeat(20_000))).toBe(`${'x'.repeat(16_383)}…`);
    expect(kept(['x'.repeat(20_000)])).toBe('(20004 characters of JSON)');
    for (const plain of [null, false, 0, '', 'text']) expect(kept(plain)).toBe(plain);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('cuts paths and reasons that are too long', () => {
    const { path, reason } = new AuditTrail().record({ ...CHANGE, path: 'p'.repeat(1_001), reason: 'r'.repeat(1_001) });
    expect([path, reason]).toEqual([`${'p'.repeat(999)}…`, `${'r'.repeat(999)}…`]);
  });

  it('keeps the latest entries, numbered without a gap', () => {
    const trail = new AuditTrail({ maxEntries: 100 });
    for (let count = 0; count < 250; count++) trail.record(CHANGE);
    const numbers = trail.query().map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => 250 - index));
    expect(trail.size).toBe(100);
  });

  it('gives no number to what it refused', () => {
    const trail = new AuditTrail();
    expect(() => trail.record({ ...CHANGE, actor: '' })).toThrow();
    expect(trail.record(CHANGE).number).toBe(1);
  });

  it('keeps entries for 30 days when nothing is said, and otherwise for as long as told', () => {
    for (const [options, keptMs] of [
      [{}, 30 * DAY],
      [{ retentionMs: HOUR }, HOUR],
    ] as const) {
      const trail = new AuditTrail(options);
      trail.record(CHANGE);
      clock.ms += keptMs - 1;
      expect(trail.size).toBe(1);
      clock.ms += 1;
      expect([trail.size, trail.query()]).toEqual([0, []]);
    }
  });

  it('drops what is old when asked, and tells how much', () => {
    const trail = new AuditTrail();
    trail.record(CHANGE);
    trail.record(CHANGE);
    clock.ms += HOUR;
    trail.record(CHANGE);
    expect(trail.clearOld(2 * HOUR)).toBe(0);
    expect(trail.clearOld(HOUR)).toBe(2);
    expect(trail.query()).toMatchObject([{ number: 3 }]);
  });

  it('has no timer, and goes by the wall clock', () => {
    expect(new AuditTrail().record(CHANGE).at).toBe(START);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('asking an audit trail', () => {
  let trail: AuditTrail;

  beforeEach(() => {
    trail = new AuditTrail();
    const changes = [
      {},
      { actor: 'bob', path: 'operations.chat' },
      { action: 'reload', path: 'operations.chatty.deadlineMs', layer: 'file' },
      { actor: 'bob', path: 'preset', layer: 'file' },
    ];
    for (const change of changes) {
      clock.ms += 1;
      trail.record({ ...CHANGE, ...change });
    }
  });

  const numbers = (query: object) => trail.query(query).map(({ number }) => number);

  it.each([
    { query: {}, found: [4, 3, 2, 1] },
    { query: { actor: 'bob' }, found: [4, 2] },
    { query: { action: 'reload' }, found: [3] },
    { query: { layer: 'file' }, found: [4, 3] },
    { query: { path: 'operations.chat' }, found: [2, 1] },
    { query: { path: 'operations' }, found: [3, 2, 1] },
    { query: { path: 'operations.chat.deadlineMs' }, found: [1] },
    { query: { since: START + 2, until: START + 4 }, found: [3, 2] },
    { query: { limit: 2 }, found: [4, 3] },
    { query: { actor: 'bob', layer: 'file' }, found: [4] },
    { query: { actor: 'carol' }, found: [] },
  ])('for $query gives the latest first: $found', ({ query, found }) => {
    expect(numbers(query)).toEqual(found);
  });

  it.each([
    { query: { actor: 5 }, path: 'query.actor' },
    { query: { path: '' }, path: 'query.path' },
    { query: { since: 'today' }, path: 'query.since' },
    { query: { limit: 0 }, path: 'query.limit' },
    { query: { who: 'alice' }, path: 'query.who' },
    { query: 5, path: 'query' },
  ])('for $query is refused', ({ query, path }) => {
    expect(issuesOf(() => Reflect.apply(trail.query, trail, [query]))).toMatchObject([{ path }]);
  });
});

describe('an export of an audit trail', () => {
  it('as JSON has all entries, oldest first', () => {
    const trail = new AuditTrail();
    trail.record(CHANGE);
    trail.record({ ...CHANGE, to: { a: null } });
    expect(JSON.parse(trail.export('json'))).toEqual({
      exportedAt: START,
      entries: [
        { number: 1, at: START, ...CHANGE },
        { number: 2, at: START, ...CHANGE, to: { a: null } },
      ],
    });
  });

  it('as CSV has values as JSON, and runs nothing', () => {
    const trail = new AuditTrail();
    trail.record({ actor: '=cmd|x', action: '@x', path: '-1+1', from: '=1+1', to: -5, layer: '+x', reason: '=2' });
    trail.record({ ...CHANGE, from: undefined, to: { a: 'x,"y"' } });
    const instant = new Date(START).toISOString();
    expect(trail.export('csv')).toBe(
      [
        '"number","at","actor","action","path","from","to","layer","reason"',
        `1,"${instant}","'=cmd|x","'@x","'-1+1","""=1+1""",-5,"'+x","'=2"`,
        `2,"${instant}","alice","configure","operations.chat.deadlineMs",,"{""a"":""x,\\""y\\""""}",,`,
        '',
      ].join('\r\n'),
    );
  });
});

describe('what an audit trail refuses to be given', () => {
  it.each([
    { options: { maxEntries: 99 }, path: 'options.maxEntries' },
    { options: { retentionMs: 1 }, path: 'options.retentionMs' },
    { options: { entries: 1 }, path: 'options.entries' },
    { options: [], path: 'options' },
  ])('$path of $options', ({ options, path }) => {
    expect(issuesOf(() => Reflect.construct(AuditTrail, [options]))).toMatchObject([{ path }]);
  });

  const trail = new AuditTrail();
  it.each([
    { method: trail.record, given: { ...CHANGE, actor: undefined }, path: 'record.actor' },
    { method: trail.record, given: { ...CHANGE, action: 5 }, path: 'record.action' },
    { method: trail.record, given: { ...CHANGE, path: '' }, path: 'record.path' },
    { method: trail.record, given: { ...CHANGE, path: ['preset'] }, path: 'record.path' },
    { method: trail.record, given: { ...CHANGE, layer: 'a\nb' }, path: 'record.layer' },
    { method: trail.record, given: { ...CHANGE, reason: '' }, path: 'record.reason' },
    { method: trail.record, given: { ...CHANGE, reason: 5 }, path: 'record.reason' },
    { method: trail.record, given: { ...CHANGE, old: 5 }, path: 'record.old' },
    { method: trail.record, given: null, path: 'record' },
    { method: trail.export, given: 'xml', path: 'format' },
    { method: trail.clearOld, given: undefined, path: 'olderThanMs' },
    { method: trail.clearOld, given: -1, path: 'olderThanMs' },
  ])('$method.name with $given', ({ method, given, path }) => {
    expect(issuesOf(() => Reflect.apply(method, trail, [given]))).toMatchObject([{ path }]);
    expect(trail.size).toBe(0);
  });
});
