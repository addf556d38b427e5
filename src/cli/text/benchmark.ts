import type { BenchmarkSuite, Comparison } from '../bench/bench.js';
import type { Paint } from './paint.js';
import { escapeControlCharacters } from './printable.js';
import { table } from './table.js';

/** The figures of a run for people, and how they compare with those before. */
export function benchmarkText(suite: BenchmarkSuite, comparison: Comparison | undefined, paint: Paint): string {
  const { passRate, results, memory, totalDurationMs, environmentInfo: info } = suite;
  const failed = results.filter(({ passed }) => !passed);
  const verdict = failed.length === 0 ? paint.good('passed') : paint.bad(`${failed.length} failed`);
  const kept = memory.passed ? paint.good('within') : paint.bad('over');
  return [
    figures(suite, paint),
    ...failed.flatMap(({ operation, metadata }) =>
      Object.entries(metadata)
        .filter(([name]) => name.startsWith('error_'))
        .map(([name, message]) => `${operation}, ${name}: ${escapeControlCharacters(String(message))}`),
    ),
    [
      `${verdict}: ${(passRate * 100).toFixed(0)} % of ${results.length} operations in ${totalDurationMs.toFixed(0)} ms`,
      `heap grew by ${memory.peakMb.toFixed(1)} MB at the most, ${kept} the limit of ${memory.limitMb} MB`,
      `Node ${info.node}, ${info.cores} x ${escapeControlCharacters(info.cpu)}`,
    ].join('\n'),
    ...(comparison === undefined ? [] : [comparisonText(comparison, paint)]),
  ].join('\n\n');
}

function figures({ results }: BenchmarkSuite, paint: Paint): string {
  const toTheRight = true;
  const columns = [
    { title: 'operation' },
    { title: 'mean ms', paint: paint.strong, toTheRight },
    ...['least', 'most', '±', 'limit', 'times', 'done', 'heap MB'].map((title) => ({ title, toTheRight })),
    {},
  ];
  const rows = results.map((each) => [
    each.operation,
    ...[each.avgMs, each.minMs, each.maxMs, each.stdDevMs].map(milliseconds),
    String(each.thresholdMs),
    String(each.iterations),
    `${(each.successRate * 100).toFixed(0)} %`,
    each.memoryPeakMb.toFixed(1),
    each.passed ? '' : paint.bad('failed'),
  ]);
  return table(columns, rows);
}

function comparisonText(
  { comparedWith, operations, regressions, missing, tolerancePercent }: Comparison,
  paint: Paint,
) {
  const rows = operations.map(({ operation, beforeMs, nowMs, changePercent, verdict, trend }) => [
    operation,
    milliseconds(beforeMs),
    milliseconds(nowMs),
    percent(changePercent),
    verdict,
    trend.verdict,
  ]);
  const toTheRight = true;
  const columns = [
    { title: 'compared' },
    { title: 'before ms', toTheRight },
    { title: 'now ms', toTheRight },
    { title: 'change', toTheRight },
    { title: 'verdict' },
    { title: 'trend' },
  ];
  const verdict =
    regressions.length === 0
      ? paint.good(`no regression beyond ${tolerancePercent} %`)
      : paint.bad(`regressions beyond ${tolerancePercent} %: ${regressions.join(', ')}`);
  return [
    table(columns, rows),
    `${verdict}, against ${escapeControlCharacters(comparedWith)}`,
    ...(missing.length === 0 ? [] : [`not measured any more: ${missing.map(escapeControlCharacters).join(', ')}`]),
  ].join('\n');
}

function milliseconds(ms: number): string {
  return ms.toFixed(3);
}

function percent(change: number): string {
  return `${change < 0 ? '' : '+'}${change.toFixed(1)} %`;
}
