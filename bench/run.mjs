// @ts-check
/** `npm run bench [question...]`: answers the given questions, by default all. */
import { environment } from './harness/environment.mjs';
import { answer, questionsFrom } from './harness/questions.mjs';

const { node, cpu, cores, versions } = environment();
console.log(
  `Node ${node}, ${cores} x ${cpu}; ${Object.entries(versions)
    .map((pair) => pair.join(' '))
    .join(', ')}`,
);
for (const name of questionsFrom(process.argv.slice(2))) await answer(name);
