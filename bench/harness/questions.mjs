// @ts-check
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readResult } from './results.mjs';

/** @typedef {import('./results.mjs').Question} Question */
/** @typedef {import('./results.mjs').Result} Result */

const folder = new URL('../questions/', import.meta.url);
const child = fileURLToPath(new URL('./answer.mjs', import.meta.url));

/** The names of all questions: one file each. */
const questionNames = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length));

/**
 * The questions named on the command line, or all of them.
 * @param {readonly string[]} args
 * @returns {readonly string[]}
 */
export function questionsFrom(args) {
  const named = args.filter((arg) => !arg.startsWith('--'));
  const unknown = named.find((name) => !questionNames.includes(name));
  if (unknown !== undefined) throw new Error(`No question "${unknown}". Expected one of ${questionNames.join(', ')}.`);
  return named.length > 0 ? named : questionNames;
}

/**
 * Answers one question, on the screen and in `bench/results/`. Uses a separate process: code that has run for one
 * question is compiled differently from fresh code, and the figures would depend on the questions before.
 * @param {string} name
 * @returns {Promise<Result>}
 */
export async function answer(name) {
  await new Promise((resolve, reject) => {
    const running = fork(child, [name], { execArgv: ['--expose-gc', ...process.execArgv] });
    running.on('error', reject);
    running.on('exit', (code) => {
      if (code === 0) resolve(undefined);
      else reject(new Error(`The question "${name}" ended with code ${code}.`));
    });
  });
  return readResult(name);
}

/**
 * Whether `bench:check` asks this question.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
export async function isWatched(name) {
  const { isWatched: watched = true } = await load(name);
  return watched;
}

/**
 * @param {string} name
 * @returns {Promise<Question>}
 */
export async function load(name) {
  /** @type {{ question: Question }} */
  const { question } = await import(new URL(`${name}.mjs`, folder).href);
  return question;
}
