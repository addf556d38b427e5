// @ts-check
/**
 * `npm run bake-off [-- --write] [-- trouble]`: what callers get from a provider in trouble, with holdfast and with what people
 * use today. Shows two tables; `--write` puts them into the pages. A text selects the troubles whose names contain it.
 */
import pLimit from 'p-limit';
import { environment } from '../harness/environment.mjs';
import { CONTENDERS } from './contenders.mjs';
import { play } from './play.mjs';
import { tableOfContenders, tableOfTroubles, writeTable } from './report.mjs';
import { TROUBLES } from './troubles.mjs';

/** How many contenders are in trouble at once. They wait most of the time, and more of them would disturb each other. */
const ABREAST = 4;

const args = process.argv.slice(2);
const wanted = args.filter((arg) => !arg.startsWith('--'));
const troubles = TROUBLES.filter(({ name }) => wanted.every((text) => name.includes(text)));

// The AI SDK warns on the console. What a library rejects without a handler must not end the others.
Reflect.set(globalThis, 'AI_SDK_LOG_WARNINGS', false);
let unhandled = 0;
process.on('unhandledRejection', () => {
  unhandled += 1;
});

const startedAt = performance.now();
// The first call of each is slow.
const [none] = TROUBLES;
if (none !== undefined) {
  for (const contender of CONTENDERS) await play(contender, { ...none, herd: { calls: 4, everyMs: 0 } });
}

const atOnce = pLimit(ABREAST);
const rows = await Promise.all(
  troubles.map(async (trouble) => ({
    trouble: trouble.name,
    scores: await Promise.all(CONTENDERS.map((contender) => atOnce(() => play(contender, trouble)))),
  })),
);

const [byTrouble, byContender] = [tableOfTroubles(CONTENDERS, rows), tableOfContenders(CONTENDERS, rows)];
const { node, cpu, cores } = environment();
console.log(`Node ${node}, ${cores} x ${cpu}, ${((performance.now() - startedAt) / 1_000).toFixed(0)} s\n`);
console.log(`${byTrouble}\n\n${byContender}\n\nrejections without a handler: ${unhandled}`);
if (args.includes('--write') && wanted.length > 0) console.log('not written: the tables are for all troubles');
else if (args.includes('--write')) {
  writeTable('bench/README.md', 'troubles', byTrouble);
  writeTable('bench/README.md', 'contenders', byContender);
  writeTable('README.md', 'contenders', byContender);
}
process.exit(0); // Calls that are still waiting would keep it alive.
