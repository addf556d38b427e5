// @ts-check
import process from 'node:process';

/** Colour is for people at a terminal: not for a pipe or a file, and not if NO_COLOR is set. */
const isColoured = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;

const STYLES = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' };

const began = performance.now();

/**
 * Announces what comes next, and what to look for in it.
 * @param {string} title
 * @param {string} remark
 */
export function scene(title, remark) {
  console.log(`\n${styled('bold', title)}\n${remark}`);
}

/**
 * Prints one line of the timeline: when, who, what.
 * @param {string} who
 * @param {string} what
 * @param {keyof typeof STYLES} [style]
 */
export function line(who, what, style) {
  const at = `${Math.round(performance.now() - began)} ms`;
  console.log(`${at.padStart(8)}  ${who.padEnd(13)}  ${style === undefined ? what : styled(style, what)}`);
}

/**
 * Prints what belongs to the line before.
 * @param {string} text
 */
export function note(text) {
  console.log(`${' '.repeat(25)}${styled('dim', text)}`);
}

/**
 * Prints one row of the summary.
 * @param {string} label
 * @param {string | number} value
 */
export function row(label, value) {
  console.log(`  ${label.padEnd(39)}${value}`);
}

/**
 * @param {keyof typeof STYLES} style
 * @param {string} text
 */
function styled(style, text) {
  return isColoured ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}
