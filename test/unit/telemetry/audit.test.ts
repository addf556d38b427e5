import { createResilience } from 'holdfast';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Audit, type AuditEntry, type AuditOptions, createAudit } from '../../../src/telemetry/audit.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { CHANGE, createSource, NO_CHANGE } from './config-events.js';
import { clock, HOUR, START } from './usage-setup.js';

const DAY = 24 * HOUR;
const RECORD = { actor: 'alice', action: 'configure', path: 'operations.chat.deadlineMs', from: 1, to: 2 };

function startAudit(options: AuditOptions = {}) {
  const source = createSource();
  const audit = createAudit(source.resilience, options);
  return { ...source, audit };
}

/** The entries after the snapshot of the start, the oldest first. */
function entriesOf(audit: Audit): readonly AuditEntry[] {
  return audit
    .entries()
    .filter(({ action }) => action !== 'start')
    .toReversed();
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the first entry of an audit trail', () => {
  it('is a snapshot of the preset, the strategy and the settings in force', () => {
    const { audit } = startAudit();
    expect(audit.entries()).toEqual([
      {
        number: 1,
        at: START,
        actor: 'unknown',
        action: 'start',
        path: 'config',
        from: undefined,
        to: { preset: 'simple', settings: { deadlineMs: { value: 120_000, layer: 'library' } } },
        layer: undefined,
        reason: undefined,
      },
    ]);
  });

  it('has every setting of a Resilience', async () => {
    const resilience = createResilience({ preset: 'production', config: { strategy: 'critical' } });
    const audit = createAudit(resilience);
    const { preset, strategy, settings } = resilience.config();
    expect(audit.entries()).toMatchObject([{ to: { preset, strategy, settings } }]);
    await resilience.close();
  });
});

describe('the audit trail of a configuration', () => {
  it('has actor, reason, layer, and both values with their origin for each setting that was changed', () => {
    const { change, audit } = startAudit();
    change(CHANGE);
    const common = { at: START, actor: 'alice', action: 'configure', layer: 'runtime', reason: 'too many timeouts' };
    expect(entriesOf(audit)).toEqual([
      {
        ...common,
        number: 2,
        path: 'operations.chat.retry.maxAttempts',
        from: { value: 3, layer: 'preset', name: 'simple' },
        to: { value: 5, layer: 'runtime' },
      },
      { ...common, number: 3, path: 'defaults.deadlineMs', from: { value: 120_000, layer: 'library' }, to: undefined },
    ]);
  });

  it('has an entry for a switch of the preset', () => {
    const { change, audit } = startAudit();
    change({ ...NO_CHANGE, layer: 'file', preset: { from: 'simple', to: 'production' } });
    expect(entriesOf(audit)).toMatchObject([{ action: 'reload', path: 'preset', from: 'simple', to: 'production' }]);
  });

  it('has one entry for a refusal, whatever the number of issues', () => {
    const { refuse, audit } = startAudit();
    refuse({ actor: 'bob' });
    const why = 'change.preset must be a known preset; change.strategy must be a known strategy';
    expect(entriesOf(audit)).toMatchObject([
      { actor: 'bob', action: 'refuse', path: 'config', layer: 'file', reason: undefined, issues: why },
    ]);
    const issues = Array.from({ length: 5_000 }, () => ({ path: 'a\nb'.repeat(99), message: 'no', received: '' }));
    refuse({ issues });
    expect(audit.entries({ limit: 1 })[0]?.issues).toHaveLength(1_000);
    expect(audit.size).toBe(3);
  });

  it('keeps the reason that was given for a refused change, beside why it was refused', () => {
    const { refuse, audit } = startAudit();
    refuse({ reason: 'the provider asks for less' });
    expect(entriesOf(audit)).toMatchObject([
      { reason: 'the provider asks for less', issues: expect.stringContaining('must be a known preset') },
    ]);
  });

  it('names the actor unknown if none was given, and needs no reason', () => {
    const { change, refuse, audit, errors } = startAudit();
    const { actor: _, reason: __, ...anonymous } = CHANGE;
    change(anonymous);
    change({ ...CHANGE, reason: '' });
    refuse({ issues: [] });
    expect(entriesOf(audit).map(({ actor, reason }) => [actor, reason])).toEqual([
      ['unknown', undefined],
      ['unknown', undefined],
      ['alice', undefined],
      ['alice', undefined],
      ['unknown', undefined],
    ]);
    expect(errors).toEqual([]);
  });

  it('accepts names of operations of any length', () => {
    const { change, audit, errors } = startAudit();
    const operation = 'o'.repeat(256);
    change({ ...CHANGE, changes: [{ operation, path: 'deadlineMs', from: undefined, to: undefined }] });
    expect(errors).toEqual([]);
    expect(audit.entries({ path: `operations.${operation}` })).toHaveLength(1);
  });

  it('has no entry for a dry run, or for a file that was written again without differences', () => {
    const { change, audit } = startAudit();
    change({ ...CHANGE, applied: false, preset: { from: 'simple', to: 'production' } });
    change({ ...NO_CHANGE, layer: 'file' });
    expect(entriesOf(audit)).toEqual([]);
  });

  it('ends when it is closed, stays readable, and may be closed twice', () => {
    const { change, refuse, resilience, audit } = startAudit();
    change(CHANGE);
    audit.close();
    audit.close();
    change(CHANGE);
    refuse();
    expect(audit.size).toBe(3);
    expect([resilience.wants('config.changed'), resilience.wants('config.refused')]).toEqual([false, false]);
  });
});

describe('the sink of an audit trail', () => {
  it('receives every entry in order', () => {
    const received: AuditEntry[] = [];
    const { change, refuse, audit } = startAudit({ sink: (entry) => received.push(entry) });
    change(CHANGE);
    refuse();
    audit.record(RECORD);
    expect(received).toEqual(audit.entries().toReversed());
    expect(received).toHaveLength(5);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no connection'))],
    [
      'throws',
      () => {
        throw new Error('no connection');
      },
    ],
  ])('may fail: if it %s, the emitter gets one error for each event, and all entries are kept', async (_, fail) => {
    const sink = vi.fn<(entry: AuditEntry) => unknown>();
    const { change, refuse, audit, errors } = startAudit({ sink });
    sink.mockImplementation(fail);
    change(CHANGE);
    refuse();
    await vi.advanceTimersByTimeAsync(0);
    expect(sink).toHaveBeenCalledTimes(4);
    expect(errors).toEqual([new Error('no connection'), new Error('no connection')]);
    expect(audit.size).toBe(4);
  });

  it('causes a process warning if it fails for the snapshot or for an entry recorded by hand', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const { audit } = startAudit({ sink: () => Promise.reject(new Error('no connection')) });
    audit.record(RECORD);
    await vi.advanceTimersByTimeAsync(0);
    const warning = ['sink of createAudit() has thrown: Error: no connection', { code: 'HOLDFAST_HOOK_FAILED' }];
    expect(warn.mock.calls).toEqual([warning, warning]);
    expect(audit.size).toBe(2);
    warn.mockRestore();
  });
});

describe('an entry recorded by hand', () => {
  it('is returned with number and instant, and kept', () => {
    const { audit } = startAudit();
    const entry = audit.record({ ...RECORD, from: undefined, to: { openMs: 5 }, layer: 'code', reason: 'too slow' });
    expect(entry).toStrictEqual({
      number: 2,
      at: START,
      actor: 'alice',
      action: 'configure',
      path: 'operations.chat.deadlineMs',
      from: undefined,
      to: { openMs: 5 },
      layer: 'code',
      reason: 'too slow',
      issues: undefined,
    });
    expect(entriesOf(audit)).toEqual([entry]);
  });

  it('cannot be changed afterwards, neither itself nor by the value that was recorded', () => {
    const { audit } = startAudit();
    const to = { retry: { kinds: ['network'] } };
    const entry = audit.record({ ...RECORD, to });
    to.retry.kinds.push('timeout');
    expect(entry.to).toEqual({ retry: { kinds: ['network'] } });
    expect(entry.to).toSatisfy((one: typeof to) => Object.isFrozen(one.retry.kinds) && Object.isFrozen(one.retry));
    expect(Object.isFrozen(entry)).toBe(true);
  });

  it('describes values that JSON cannot hold, or that are too long', () => {
    const self: Record<string, unknown> = {};
    self['self'] = self;
    const { audit } = startAudit();
    const kept = (value: unknown) => audit.record({ ...RECORD, to: value }).to;
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

  it('has its path and reason cut after 1,000 characters', () => {
    const { audit } = startAudit();
    const { path, reason } = audit.record({ ...RECORD, path: 'p'.repeat(1_001), reason: 'r'.repeat(1_001) });
    expect([path, reason]).toEqual([`${'p'.repeat(999)}…`, `${'r'.repeat(999)}…`]);
  });

  it('does not use up a number if it is refused', () => {
    const { audit } = startAudit();
    expect(() => audit.record({ ...RECORD, actor: '' })).toThrow();
    expect(audit.record(RECORD).number).toBe(2);
  });
});

describe('the entries of an audit trail', () => {
  it('are the latest maxEntries, numbered without gaps', () => {
    const { audit } = startAudit({ maxEntries: 100 });
    for (let count = 0; count < 250; count++) audit.record(RECORD);
    const numbers = audit.entries().map(({ number }) => number);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => 251 - index));
    expect(audit.size).toBe(100);
  });

  it.each([
    [{}, 30 * DAY],
    [{ retentionMs: HOUR }, HOUR],
  ])('with %j are kept for %d ms', (options, keptMs) => {
    const { audit } = startAudit(options);
    clock.ms += keptMs - 1;
    expect(audit.size).toBe(1);
    clock.ms += 1;
    expect([audit.size, audit.entries()]).toEqual([0, []]);
  });

  it('are dropped by clearOld(), which returns how many were dropped', () => {
    const { audit } = startAudit();
    audit.record(RECORD);
    clock.ms += HOUR;
    audit.record(RECORD);
    expect(audit.clearOld(2 * HOUR)).toBe(0);
    expect(audit.clearOld(HOUR)).toBe(2);
    expect(audit.entries()).toMatchObject([{ number: 3 }]);
  });

  it('need no timer', () => {
    const before = vi.getTimerCount();
    startAudit();
    expect(vi.getTimerCount()).toBe(before);
  });
});

describe('a query of an audit trail', () => {
  let audit: Audit;

  beforeEach(() => {
    ({ audit } = startAudit());
    const changes = [
      {},
      { actor: 'bob', path: 'operations.chat' },
      { action: 'reload', path: 'operations.chatty.deadlineMs', layer: 'file' },
      { actor: 'bob', path: 'preset', layer: 'file' },
    ];
    for (const change of changes) {
      clock.ms += 1;
      audit.record({ ...RECORD, ...change });
    }
  });

  it.each([
    { query: {}, found: [5, 4, 3, 2, 1] },
    { query: { actor: 'bob' }, found: [5, 3] },
    { query: { action: 'reload' }, found: [4] },
    { query: { layer: 'file' }, found: [5, 4] },
    { query: { path: 'operations.chat' }, found: [3, 2] },
    { query: { path: 'operations' }, found: [4, 3, 2] },
    { query: { path: 'operations.chat.deadlineMs' }, found: [2] },
    { query: { since: START + 2, until: START + 4 }, found: [4, 3] },
    { query: { limit: 2 }, found: [5, 4] },
    { query: { actor: 'bob', layer: 'file' }, found: [5] },
    { query: { actor: 'carol' }, found: [] },
  ])('$query returns the entries $found, the latest first', ({ query, found }) => {
    expect(audit.entries(query).map(({ number }) => number)).toEqual(found);
  });

  it.each([
    { query: { actor: 5 }, path: 'query.actor' },
    { query: { path: '' }, path: 'query.path' },
    { query: { since: 'today' }, path: 'query.since' },
    { query: { limit: 0 }, path: 'query.limit' },
    { query: { user: 'alice' }, path: 'query.user' },
    { query: 5, path: 'query' },
  ])('$query is refused', ({ query, path }) => {
    expect(issuesOf(() => Reflect.apply(audit.entries, audit, [query]))).toMatchObject([{ path }]);
  });
});

describe('the export of an audit trail', () => {
  it('has all entries as JSON, the oldest first', () => {
    const { audit } = startAudit();
    audit.record(RECORD);
    audit.record({ ...RECORD, to: { a: null } });
    expect(JSON.parse(audit.export('json'))).toMatchObject({
      exportedAt: START,
      entries: [
        { number: 1, action: 'start' },
        { number: 2, at: START, ...RECORD },
        { number: 3, at: START, ...RECORD, to: { a: null } },
      ],
    });
  });

  it('has values as JSON in CSV, and no text that a spreadsheet would run as a formula', () => {
    const { audit } = startAudit();
    audit.record({ actor: '=cmd|x', action: '@x', path: '-1+1', from: '=1+1', to: -5, layer: '+x', reason: '=2' });
    audit.record({ ...RECORD, from: undefined, to: { a: 'x,"y"' } });
    const instant = new Date(START).toISOString();
    const [header, snapshot, ...rows] = audit.export('csv').split('\r\n');
    expect(header).toBe('"number","at","actor","action","path","from","to","layer","reason","issues"');
    expect(snapshot).toMatch(/^1,/);
    expect(rows).toEqual([
      `2,"${instant}","'=cmd|x","'@x","'-1+1","""=1+1""",-5,"'+x","'=2",`,
      `3,"${instant}","alice","configure","operations.chat.deadlineMs",,"{""a"":""x,\\""y\\""""}",,,`,
      '',
    ]);
  });
});

describe('an audit trail with invalid arguments', () => {
  const { resilience } = createSource();
  it.each([
    { given: [{}], path: 'resilience' },
    { given: [null], path: 'resilience' },
    { given: [{ on: () => undefined }], path: 'resilience' },
    { given: [resilience, { maxEntries: 99 }], path: 'options.maxEntries' },
    { given: [resilience, { retentionMs: 1 }], path: 'options.retentionMs' },
    { given: [resilience, { sink: 5 }], path: 'options.sink' },
    { given: [resilience, { entries: 1 }], path: 'options.entries' },
    { given: [resilience, []], path: 'options' },
  ])('refuses $path of $given', ({ given, path }) => {
    expect(issuesOf(() => Reflect.apply(createAudit, undefined, given))).toMatchObject([{ path }]);
    expect(resilience.wants('config.changed')).toBe(false);
  });

  const audit = createAudit(createSource().resilience);
  it.each([
    { method: audit.record, given: { ...RECORD, actor: undefined }, path: 'record.actor' },
    { method: audit.record, given: { ...RECORD, action: 5 }, path: 'record.action' },
    { method: audit.record, given: { ...RECORD, path: '' }, path: 'record.path' },
    { method: audit.record, given: { ...RECORD, path: ['preset'] }, path: 'record.path' },
    { method: audit.record, given: { ...RECORD, layer: 'a\nb' }, path: 'record.layer' },
    { method: audit.record, given: { ...RECORD, reason: '' }, path: 'record.reason' },
    { method: audit.record, given: { ...RECORD, reason: 5 }, path: 'record.reason' },
    { method: audit.record, given: { ...RECORD, old: 5 }, path: 'record.old' },
    { method: audit.record, given: null, path: 'record' },
    { method: audit.export, given: 'xml', path: 'format' },
    { method: audit.clearOld, given: undefined, path: 'olderThanMs' },
    { method: audit.clearOld, given: -1, path: 'olderThanMs' },
  ])('refuses $method.name with $given', ({ method, given, path }) => {
    expect(issuesOf(() => Reflect.apply(method, audit, [given]))).toMatchObject([{ path }]);
    expect(entriesOf(audit)).toEqual([]);
  });
});
