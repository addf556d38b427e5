import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type BenchmarkSuite,
  benchmarks,
  type Comparison,
  compare,
  DEFAULT_TOLERANCE_PERCENT,
  type EarlierSuite,
  readSuite,
  runSuite,
} from '../bench/bench.js';
import type { Command, Surroundings } from '../command.js';
import { reasonOf, textOf } from '../files.js';
import { benchmarkText } from '../text/benchmark.js';
import { UsageError } from '../usage-error.js';

const MOST_ITERATIONS = 1_000_000;
const MOST_TOLERANCE_PERCENT = 10_000;

/** `holdfast bench` */
export const bench: Command = {
  name: 'bench',
  summary: 'Measure how long the work with configurations takes here.',
  arguments: [{ name: 'what', summary: 'What is measured.', choices: ['config'] }],
  options: {
    iterations: { value: 'n', summary: 'How often each operation is done. Default: 25 to 100, as each one needs.' },
    output: { value: 'file', summary: 'Write the result there as JSON, for a later --compare.' },
    compare: {
      value: 'file',
      summary: 'A result to compare with. Several give a trend; the latest is the one that counts.',
    },
    tolerance: {
      value: 'percent',
      summary: `How much slower is no regression yet. Default ${DEFAULT_TOLERANCE_PERCENT}.`,
    },
  },
  details: [
    'Ends with 1 when an operation misses its threshold, fails in 5 % of its iterations or more, or is a regression, and ' +
      'when the heap grows by 50 MB or more. An operation is a regression when its mean and its quickest iteration are ' +
      'both slower than is tolerated, and the mean by more than 0.05 ms.',
  ],
  examples: [
    'holdfast bench config',
    'holdfast bench config --output before.json',
    'holdfast bench config --compare before.json --json',
  ],
  run: async (given, surroundings) => {
    const { host, instruments } = surroundings;
    const iterations = given.wholeNumber('iterations', 1, MOST_ITERATIONS);
    const tolerance = given.wholeNumber('tolerance', 0, MOST_TOLERANCE_PERCENT) ?? DEFAULT_TOLERANCE_PERCENT;
    const output = given.value('output');
    const earlier = given.values('compare').map((file) => readSuite(file, textOf(host.cwd, file)));
    // Before anything is measured in vain.
    if (output !== undefined) writing(output, () => closeSync(openSync(resolve(host.cwd, output), 'a')));
    const suite = await runSuite('config', await workFor(surroundings), instruments, iterations);
    const comparison = earlier.length === 0 ? undefined : compare(earlier, suite, tolerance);
    if (output !== undefined) writing(output, () => writeFileSync(resolve(host.cwd, output), textOfSuite(suite)));
    return {
      json: { ...suite, ...(comparison === undefined ? {} : { comparison }) },
      text: (paint) => benchmarkText(suite, comparison, paint),
      notes: notesFor(suite, earlier),
      exitCode: isFine(suite, comparison) ? 0 : 1,
    };
  },
};

async function workFor({ doors, environment }: Surroundings): Promise<ReturnType<typeof benchmarks>> {
  const [loading, validation, migration] = await Promise.all([doors.loading(), doors.validation(), doors.migration()]);
  return benchmarks({ environment: environment(), loading, validation, migration });
}

function isFine({ failedBenchmarks, memory }: BenchmarkSuite, comparison: Comparison | undefined): boolean {
  return failedBenchmarks.length === 0 && memory.passed && (comparison?.regressions ?? []).length === 0;
}

function textOfSuite(suite: BenchmarkSuite): string {
  return `${JSON.stringify(suite, undefined, 2)}\n`;
}

function writing(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UsageError(`'${file}' cannot be written: ${reasonOf(error)}.`);
  }
}

/** Figures of two machines, or of two versions of Node, tell nothing about holdfast. */
function notesFor({ environmentInfo: here }: BenchmarkSuite, earlier: readonly EarlierSuite[]): string[] {
  const there = earlier.map(({ environmentInfo }) => environmentInfo);
  const isOther = there.some((each) => each.node !== here.node || each.cpu !== here.cpu || each.cores !== here.cores);
  return isOther
    ? ['An earlier result is from another machine or another version of Node, so changes may mean nothing.']
    : [];
}
