import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { formatCsv } from '../../../src/telemetry/text.js';
import { clock, createMonitor, START } from './usage-setup.js';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Parses CSV by RFC 4180. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe('the export of a usage monitor', () => {
  it('has all events and alerts as JSON', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('simple');
    monitor.recordLoad('simple', 120, { userContext: 'alice' });
    expect(JSON.parse(monitor.export('json'))).toMatchObject({
      exportedAt: START,
      events: [
        { at: START, type: 'preset_usage', preset: 'simple', value: 1, details: { source: 'preset' } },
        { at: START, type: 'config_load', value: 120, userContext: 'alice', details: {} },
      ],
      alerts: [{ rule: 'load_time', actualValue: 120 }],
    });
  });

  it('has a CSV line for each event', () => {
    const { monitor } = createMonitor();
    monitor.recordChange('simple', 'a "quoted"', 'a,b', { operation: 'configure', sessionId: 's' });
    monitor.recordLoad('simple', 1.5);
    const instant = new Date(START).toISOString();
    expect(parseCsv(monitor.export('csv'))).toEqual([
      ['at', 'type', 'preset', 'operation', 'value', 'sessionId', 'userContext', 'details'],
      [instant, 'config_change', 'simple', 'configure', '1', 's', '', '{"from":"a \\"quoted\\"","to":"a,b"}'],
      [instant, 'config_load', 'simple', '', '1.5', '', '', '{}'],
    ]);
  });

  it('does not have events older than the retention', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('simple');
    clock.ms += 86_400_000;
    expect(parseCsv(monitor.export('csv'))).toHaveLength(1);
  });
});

describe('formatCsv', () => {
  it('quotes texts, doubles quotation marks, and ends lines with CRLF', () => {
    expect(
      formatCsv(
        ['a', 'b'],
        [
          ['x,y', 'say "hi"'],
          ['two\r\nlines', 7],
          [null, undefined],
          [true, -1.5],
        ],
      ),
    ).toBe('"a","b"\r\n"x,y","say ""hi"""\r\n"two\r\nlines",7\r\n,\r\ntrue,-1.5\r\n');
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '=cmd|" /C calc"!A0',
  ])('prefixes a text that a spreadsheet would run as a formula: %j', (text) => {
    expect(parseCsv(formatCsv(['a'], [[text]]))).toEqual([['a'], [`'${text}`]]);
  });

  it.each(['simple', 'a=1', '1-2', "it's", '{"a":"=1"}'])('does not change other texts: %j', (text) => {
    expect(parseCsv(formatCsv(['a'], [[text]]))).toEqual([['a'], [text]]);
  });

  it('guards the names of presets in the export of a monitor', () => {
    const { monitor } = createMonitor();
    monitor.recordUsage('=HYPERLINK("http://x","y")');
    expect(parseCsv(monitor.export('csv'))[1]?.[2]).toBe('\'=HYPERLINK("http://x","y")');
  });
});
