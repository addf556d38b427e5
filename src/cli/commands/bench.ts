import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { runSuite } from '../bench/bench.js';
import { buildBenchmarks } from '../bench/benchmarks.js';
import { type Comparison, compare, DEFAULT_TOLERANCE_PERCENT } from '../bench/compare.js';
import { formatSuite } from '../bench/report.js';
import { type BenchmarkSuite, type EarlierSuite, parseSuite } from '../bench/suite.js';
import type { Command, CommandContext } from '../command.js';
import { UsageError } from '../errors.js';
import { describeFileError, readText } from '../files.js';

const MAX_ITERATIONS = 1_000_000;
const MAX_TOLERANCE_PERCENT = 10_000;

/** `holdfast bench` */
export const bench: Command = {
  name: 'bench',
  summary: 'Measure how long loading and validating configs takes on this machine.',
  arguments: [{ name: 'what', summary: 'What is measured.', choices: ['config'] }],
  options: {
    iterations: {
      value: 'n',
      summary: 'How often each operation runs. Default: 25 to 100, depending on the operation.',
    },
    output: { value: 'file', summary: 'Write the result to this file as JSON, for a later --compare.' },
    compare: {
      value: 'file',
      summary: 'A result to compare with. If repeated, the latest counts, and all of them form a trend.',
    },
    tolerance: {
      value: 'percent',
      summary: `How much slower an operation may be before it is a regression. Default ${DEFAULT_TOLERANCE_PERCENT}.`,
    },
  },
  details: [
    'Exits with 1 if an operation misses its threshold, fails in 5 % of its iterations or more, or is a regression, or ' +
      'if the heap grows by 50 MB or more. An operation is a regression if its mean and its fastest iteration are ' +
      'both slower than is tolerated, and the mean by more than 0.05 ms.',
  ],
  examples: [
    'holdfast bench config',
    'holdfast bench config --output before.json',
    'holdfast bench config --compare before.json --json',
  ],
  run: async (args, context) => {
    const { io, instruments } = context;
    const iterations = args.wholeNumber('iterations', 1, MAX_ITERATIONS);
    const tolerance = args.wholeNumber('tolerance', 0, MAX_TOLERANCE_PERCENT) ?? DEFAULT_TOLERANCE_PERCENT;
    const output = args.value('output');
    const earlier = args.values('compare').map((file) => parseSuite(file, readText(io.cwd, file)));
    // Fails now rather than after minutes of measuring.
    if (output !== undefined) writeOrRefuse(output, () => closeSync(openSync(resolve(io.cwd, output), 'a')));
    const suite = await runSuite('config', await loadBenchmarks(context), instruments, iterations);
    const comparison = earlier.length === 0 ? undefined : compare(earlier, suite, tolerance);
    if (output !== undefined) writeOrRefuse(output, () => writeFileSync(resolve(io.cwd, output), toJsonText(suite)));
    return {
      json: { ...suite, ...(comparison === undefined ? {} : { comparison }) },
      text: (style) => formatSuite(suite, comparison, style),
      notes: findOtherMachines(suite, earlier),
      exitCode: hasPassed(suite, comparison) ? 0 : 1,
    };
  },
};

async function loadBenchmarks({ modules, environment }: CommandContext): Promise<ReturnType<typeof buildBenchmarks>> {
  const [loading, validation, migration] = await Promise.all([
    modules.loading(),
    modules.validation(),
    modules.migration(),
  ]);
  return buildBenchmarks({ environment: environment(), loading, validation, migration });
}

function hasPassed({ failedBenchmarks, memory }: BenchmarkSuite, comparison: Comparison | undefined): boolean {
  return failedBenchmarks.length === 0 && memory.passed && (comparison?.regressions ?? []).length === 0;
}

function toJsonText(suite: BenchmarkSuite): string {
  return `${JSON.stringify(suite, undefined, 2)}\n`;
}

function writeOrRefuse(file: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new UsageError(`'${file}' cannot be written: ${describeFileError(error)}.`);
  }
}

/** A difference between two machines or two versions of Node says nothing about holdfast. */
function findOtherMachines({ environmentInfo: here }: BenchmarkSuite, earlier: readonly EarlierSuite[]): string[] {
  const there = earlier.map(({ environmentInfo }) => environmentInfo);
  const isOther = there.some((each) => each.node !== here.node || each.cpu !== here.cpu || each.cores !== here.cores);
  return isOther
    ? ['An earlier result is from another machine or version of Node, so differences may mean nothing.']
    : [];
}
