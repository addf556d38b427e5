// @ts-check
/** Answers the one question that is named: the process that `run.mjs` and `check.mjs` start for each. */
import { load } from './questions.mjs';
import { writeResult } from './results.mjs';
import { tableOf } from './table.mjs';

const [name = ''] = process.argv.slice(2);
const question = await load(name);
console.log(`\n# ${name}: ${question.title}`);
const findings = await question.measure();
for (const finding of findings) console.log(`\n${tableOf(finding)}`);
writeResult(name, question.title, findings);
process.exit(0);
