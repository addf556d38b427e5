// @ts-check
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('./alone-child.mjs', import.meta.url));

/**
 * Measures one subject in a separate process, so that heap, timers and CPU time are those of the subject alone.
 * The question's module exports `subjects`, an object of functions; the one named here is run there.
 *
 * @param {string} questionUrl `import.meta.url` of the question
 * @param {string} subject
 * @returns {Promise<Record<string, number>>} what the subject's function returned
 */
export function alone(questionUrl, subject) {
  return new Promise((resolve, reject) => {
    /** @type {Record<string, number> | undefined} */
    let figures;
    const running = fork(child, [questionUrl, subject], { execArgv: ['--expose-gc'] });
    running.on('message', (message) => {
      if (isFigures(message)) figures = message;
    });
    running.on('error', reject);
    running.on('exit', (code) => {
      if (code === 0 && figures !== undefined) resolve(figures);
      else reject(new Error(`Measuring "${subject}" alone ended with code ${code}.`));
    });
  });
}

/**
 * @param {unknown} message
 * @returns {message is Record<string, number>}
 */
function isFigures(message) {
  return (
    typeof message === 'object' &&
    message !== null &&
    Object.values(message).every((value) => typeof value === 'number')
  );
}
