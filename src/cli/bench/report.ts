import { escapeControlCharacters } from '../text/format.js';
import type { Style } from '../text/style.js';
import { type Column, formatTable } from '../text/table.js';
import type { Comparison } from './compare.js';
import type { BenchmarkSuite } from './suite.js';

/** The measurements of a run, and their comparison with earlier ones. */
export function formatSuite(suite: BenchmarkSuite, comparison: Comparison | undefined, style: Style): string {
  const { passRate, results, memory, totalDurationMs, environmentInfo: info } = suite;
  const failed = results.filter(({ passed }) => !passed);
  const verdict = failed.length === 0 ? style.good('passed') : style.bad(`${failed.length} failed`);
  const relation = memory.passed ? style.good('within') : style.bad('over');
  return [
    formatResults(suite, style),
    ...failed.flatMap(({ operation, metadata }) =>
      Object.entries(metadata)
        .filter(([name]) => name.startsWith('error_'))
        .map(([name, message]) => `${operation}, ${name}: ${escapeControlCharacters(String(message))}`),
    ),
    [
      `${verdict}: ${(passRate * 100).toFixed(0)} % of ${results.length} operations in ${totalDurationMs.toFixed(0)} ms`,
      `heap grew by at most ${memory.peakMb.toFixed(1)} MB, ${relation} the limit of ${memory.limitMb} MB`,
      `Node ${info.node}, ${info.cores} x ${escapeControlCharacters(info.cpu)}`,
    ].join('\n'),
    ...(comparison === undefined ? [] : [formatComparison(comparison, style)]),
  ].join('\n\n');
}

const RESULT_COLUMNS = ['min', 'max', '±', 'limit', 'iterations', 'success', 'heap MB'];
const COMPARISON_COLUMNS: readonly Column[] = [
  { title: 'compared' },
  { title: 'before ms', alignRight: true },
  { title: 'now ms', alignRight: true },
  { title: 'change', alignRight: true },
  { title: 'verdict' },
  { title: 'trend' },
];

function formatResults({ results }: BenchmarkSuite, { strong, bad }: Style): string {
  const columns = [
    { title: 'operation' },
    { title: 'mean ms', style: strong, alignRight: true },
    ...RESULT_COLUMNS.map((title) => ({ title, alignRight: true })),
    {},
  ];
  const rows = results.map((result) => [
    result.operation,
    ...[result.avgMs, result.minMs, result.maxMs, result.stdDevMs].map(formatMs),
    String(result.thresholdMs),
    String(result.iterations),
    `${(result.successRate * 100).toFixed(0)} %`,
    result.memoryPeakMb.toFixed(1),
    result.passed ? '' : bad('failed'),
  ]);
  return formatTable(columns, rows);
}

function formatComparison(comparison: Comparison, { good, bad }: Style): string {
  const { comparedWith, operations, regressions, missing, tolerancePercent } = comparison;
  const rows = operations.map(({ operation, beforeMs, nowMs, changePercent, verdict, trend }) => [
    operation,
    formatMs(beforeMs),
    formatMs(nowMs),
    `${changePercent < 0 ? '' : '+'}${changePercent.toFixed(1)} %`,
    verdict,
    trend.verdict,
  ]);
  const verdict =
    regressions.length === 0
      ? good(`no regression beyond ${tolerancePercent} %`)
      : bad(`regressions beyond ${tolerancePercent} %: ${regressions.join(', ')}`);
  return [
    formatTable(COMPARISON_COLUMNS, rows),
    `${verdict}, against ${escapeControlCharacters(comparedWith)}`,
    ...(missing.length === 0 ? [] : [`no longer measured: ${missing.map(escapeControlCharacters).join(', ')}`]),
  ].join('\n');
}

function formatMs(ms: number): string {
  return ms.toFixed(3);
}
