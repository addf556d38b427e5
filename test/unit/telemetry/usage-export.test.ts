import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { csvOf } from '../../../src/telemetry/usage/csv.js';
import { clock, monitored, START } from './usage-recorder.js';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Reads a table as RFC 4180 has it. */
function tableIn(csv: string): string[][] {
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

describe('an export', () => {
  it('as JSON has all events and alerts', () => {
    const { monitor } = monitored();
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

  it('as CSV has a line for each event', () => {
    const { monitor } = monitored();
    monitor.recordChange('simple', 'a "quoted"', 'a,b', { operation: 'configure', sessionId: 's' });
    monitor.recordLoad('simple', 1.5);
    const instant = new Date(START).toISOString();
    expect(tableIn(monitor.export('csv'))).toEqual([
      ['at', 'type', 'preset', 'operation', 'value', 'sessionId', 'userContext', 'details'],
      [instant, 'config_change', 'simple', 'configure', '1', 's', '', '{"from":"a \\"quoted\\"","to":"a,b"}'],
      [instant, 'config_load', 'simple', '', '1.5', '', '', '{}'],
    ]);
  });

  it('is what there is no longer when it is too old', () => {
    const { monitor } = monitored();
    monitor.recordUsage('simple');
    clock.ms += 86_400_000;
    expect(tableIn(monitor.export('csv'))).toHaveLength(1);
  });
});

describe('CSV', () => {
  it('quotes texts, doubles quotation marks, and ends lines as RFC 4180 says', () => {
    expect(
      csvOf(
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
  ])('is no formula to a spreadsheet: %j', (text) => {
    expect(tableIn(csvOf(['a'], [[text]]))).toEqual([['a'], [`'${text}`]]);
  });

  it.each(['simple', 'a=1', '1-2', "it's", '{"a":"=1"}'])('leaves harmless texts alone: %j', (text) => {
    expect(tableIn(csvOf(['a'], [[text]]))).toEqual([['a'], [text]]);
  });

  it('guards names of presets, too', () => {
    const { monitor } = monitored();
    monitor.recordUsage('=HYPERLINK("http://x","y")');
    expect(tableIn(monitor.export('csv'))[1]?.[2]).toBe('\'=HYPERLINK("http://x","y")');
  });
});
