import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/pack.mjs';
import { cruise, cruisePlanted, type Violation } from './plant.js';

type Sources = Readonly<Record<string, string>>;

/** Every folder of the design with one file in it, which the planted imports may name. */
const FOLDERS =
  'errors input runtime pipeline groups breaker retry limits hedge timeout fallback cache targets streams classify telemetry environment config sessions tokens realtime orchestrator entry ai admin cli migrate testing';

const leaves: Sources = Object.fromEntries(
  FOLDERS.split(' ').map((folder) => [`src/${folder}/leaf.ts`, 'export const leaf = 1;\nexport type Leaf = 1;\n']),
);
const support: Sources = {
  ...leaves,
  'package.json': JSON.stringify({
    type: 'module',
    dependencies: { opossum: '1', 'p-retry': '1' },
    devDependencies: { vitest: '1' },
  }),
  'tsconfig.build.json': JSON.stringify({ compilerOptions: { module: 'NodeNext' } }),
  'src/breaker/settings.ts': 'export const openMs = 1;\n',
  'src/limits/settings.ts': 'export const limit = 1;\n',
  'src/retry/backoff.ts': 'export const leaf = 1;\n',
  'node_modules/opossum/package.json': '{ "name": "opossum", "main": "index.js" }',
  'node_modules/opossum/index.js': 'module.exports = 1;\n',
  'node_modules/p-retry/package.json': '{ "name": "p-retry", "main": "index.js" }',
  'node_modules/p-retry/index.js': 'module.exports = 1;\n',
  'node_modules/vitest/package.json': '{ "name": "vitest", "main": "index.js" }',
  'node_modules/vitest/index.js': 'module.exports = 1;\n',
  'test/support.ts': 'export const leaf = 1;\n',
};

const importing = (to: string): string => `import { leaf } from '${to}';\nexport const here = leaf;\n`;
const importingType = (to: string): string => `import type { Leaf } from '${to}';\nexport type Here = Leaf;\n`;
const inline = (to: string): string => `import { type Leaf } from '${to}';\nexport type Here = Leaf;\n`;
const reexporting = (to: string): string => `export { leaf } from '${to}';\n`;
const lazily = (to: string): string => `export const here = (): Promise<unknown> => import('${to}');\n`;

/** Each file breaks the rule by the import that follows it. */
const forbidden: readonly (readonly [rule: string, from: string, to: string, text?: (to: string) => string])[] = [
  ['errors-import-nothing-of-ours', 'errors', 'runtime'],
  ['errors-import-nothing-of-ours', 'errors', 'pipeline', importingType],
  ['runtime-imports-nothing-of-ours', 'runtime', 'errors'],
  ['input-knows-errors-only', 'input', 'runtime'],
  ['input-knows-errors-only', 'input', 'pipeline', importingType],
  ['environment-stands-alone', 'environment', 'config', importingType],
  ['entries-are-for-users', 'config', 'entry'],
  ['edges-stay-outside', 'config', 'migrate'],
  ['pipeline-is-a-contract', 'pipeline', 'breaker', importingType],
  ['pipeline-is-a-contract', 'pipeline', 'telemetry'],
  ['groups-know-calls-only', 'groups', 'retry', importingType],
  ['groups-know-calls-only', 'groups', 'orchestrator'],
  ['stages-never-import-each-other', 'breaker', 'timeout'],
  ['stages-never-import-each-other', 'timeout', 'breaker', importingType],
  ['stages-never-import-each-other', 'retry', 'classify', inline],
  ['stages-never-import-each-other', 'limits', 'hedge', reexporting],
  ['stages-never-import-each-other', 'fallback', 'retry', lazily],
  ['stages-never-import-each-other', 'hedge', 'telemetry', importingType],
  ['stages-never-import-each-other', 'classify', 'config', importingType],
  ['telemetry-listens-only', 'telemetry', 'orchestrator'],
  ['telemetry-listens-only', 'telemetry', 'orchestrator', importingType],
  ['telemetry-knows-stages-by-type', 'telemetry', 'breaker'],
  ['config-knows-settings-only', 'config', 'sessions'],
  ['config-knows-settings-only', 'config', 'telemetry', importingType],
  ['config-knows-stages-by-settings', 'config', 'breaker'],
  ['sessions-stand-alone', 'sessions', 'pipeline'],
  ['sessions-stand-alone', 'sessions', 'tokens', importingType],
  ['tokens-build-on-sessions', 'tokens', 'realtime'],
  ['realtime-builds-on-sessions', 'realtime', 'tokens'],
  ['realtime-builds-on-sessions', 'realtime', 'pipeline'],
  ['edges-stay-outside', 'orchestrator', 'ai'],
  ['edges-stay-outside', 'orchestrator', 'cli', importingType],
  ['edges-stay-outside', 'breaker', 'testing'],
  ['edges-stay-outside', 'sessions', 'admin', lazily],
  ['only-entries-open-the-orchestrator', 'timeout', 'orchestrator', importingType],
];

const planted = forbidden.map(([rule, from, to, text = importing], index) => ({
  rule,
  from: `src/${from}/planted-${index}.ts`,
  to: `src/${to}/leaf.ts`,
  text: text(`../${to}/leaf.js`),
}));

/** Violations that take more than one import to plant. */
const special: readonly (Violation & { readonly files: Sources })[] = [
  {
    rule: 'no-cycles',
    from: 'src/orchestrator/one.ts',
    to: 'src/orchestrator/two.ts',
    files: {
      'src/orchestrator/one.ts': `import type { Two } from './two.js';\nexport type One = Two;\n`,
      'src/orchestrator/two.ts': `import type { One } from './one.js';\nexport type Two = One;\n`,
    },
  },
  {
    rule: 'pure-arithmetic-stays-pure',
    from: 'src/retry/jitter.ts',
    to: 'src/pipeline/leaf.ts',
    files: { 'src/retry/jitter.ts': importing('../pipeline/leaf.js') },
  },
  {
    rule: 'every-folder-has-a-layer',
    from: 'src/utils/grab-bag.ts',
    to: 'src/errors/leaf.ts',
    files: { 'src/utils/grab-bag.ts': importing('../errors/leaf.js') },
  },
  {
    rule: 'no-layerless-imports',
    from: 'src/orchestrator/layerless.ts',
    to: 'src/common/leaf.ts',
    files: {
      'src/common/leaf.ts': 'export const leaf = 1;\n',
      'src/orchestrator/layerless.ts': importing('../common/leaf.js'),
    },
  },
  {
    rule: 'sources-import-sources',
    from: 'src/runtime/of-tests.ts',
    to: 'test/support.ts',
    files: { 'src/runtime/of-tests.ts': importing('../../test/support.js') },
  },
  {
    rule: 'opossum-is-the-switch-of-the-breaker',
    from: 'src/timeout/of-opossum.ts',
    to: 'node_modules/opossum/index.js',
    files: { 'src/timeout/of-opossum.ts': `import opossum from 'opossum';\nexport const here = opossum;\n` },
  },
  {
    rule: 'p-retry-drives-the-retries',
    from: 'src/orchestrator/of-p-retry.ts',
    to: 'node_modules/p-retry/index.js',
    files: { 'src/orchestrator/of-p-retry.ts': `import pRetry from 'p-retry';\nexport const here = pRetry;\n` },
  },
  // retry() by itself is composed of several stages, and of nothing else; the files beside it are not.
  {
    rule: 'retry-alone-is-composed',
    from: 'src/retry/retry.ts',
    to: 'src/breaker/leaf.ts',
    files: { 'src/retry/retry.ts': importing('../breaker/leaf.js') },
  },
  {
    rule: 'retry-alone-is-composed',
    from: 'src/retry/retry-options.ts',
    to: 'src/limits/leaf.ts',
    files: { 'src/retry/retry-options.ts': importingType('../limits/leaf.js') },
  },
  {
    rule: 'retry-alone-is-composed',
    from: 'src/retry/standalone-hooks.ts',
    to: 'src/telemetry/leaf.ts',
    files: { 'src/retry/standalone-hooks.ts': importingType('../telemetry/leaf.js') },
  },
  {
    rule: 'stages-never-import-each-other',
    from: 'src/retry/not-alone.ts',
    to: 'src/classify/leaf.ts',
    files: { 'src/retry/not-alone.ts': importing('../classify/leaf.js') },
  },
  {
    rule: 'no-development-packages',
    from: 'src/runtime/of-vitest.ts',
    to: 'node_modules/vitest/index.js',
    files: { 'src/runtime/of-vitest.ts': `import vitest from 'vitest';\nexport const here = vitest;\n` },
  },
  {
    rule: 'resolvable',
    from: 'src/runtime/lost.ts',
    to: './nowhere.js',
    files: { 'src/runtime/lost.ts': importing('./nowhere.js') },
  },
];

/** What the design allows, so that the rule refuses nothing else. */
const allowed: Sources = {
  'src/breaker/allowed.ts': `import opossum from 'opossum';\nexport { leaf } from './leaf.js';\nexport { leaf as error } from '../errors/leaf.js';\nexport { leaf as timer } from '../runtime/leaf.js';\nexport { leaf as stage } from '../pipeline/leaf.js';\nexport const here = opossum;\n`,
  'src/retry/allowed.ts': `import pRetry from 'p-retry';\nexport const here = pRetry;\n`,
  'src/hedge/allowed.ts': `export { leaf } from '../retry/backoff.js';\nexport { leaf as input } from '../input/leaf.js';\n`,
  'src/input/allowed.ts': importing('../errors/leaf.js'),
  'src/environment/allowed.ts': importing('../input/leaf.js'),
  'src/migrate/allowed.ts': importing('../config/leaf.js'),
  'src/entry/root.ts': ['orchestrator', 'admin', 'migrate', 'breaker']
    .map((folder) => `export { leaf as ${folder} } from '../${folder}/leaf.js';\n`)
    .join(''),
  'src/telemetry/allowed.ts': importingType('../breaker/leaf.js'),
  'src/config/allowed.ts': `${importingType('../retry/leaf.js')}export { openMs } from '../breaker/settings.js';\nexport { limit } from '../limits/settings.js';\nexport { leaf as backoff } from '../retry/backoff.js';\n`,
  'src/sessions/allowed.ts': importing('../runtime/leaf.js'),
  'src/tokens/allowed.ts': importing('../sessions/leaf.js'),
  'src/realtime/allowed.ts': importing('../sessions/leaf.js'),
  'src/orchestrator/allowed.ts': `${importing('../breaker/leaf.js')}export { leaf as told } from '../telemetry/leaf.js';\n`,
  'src/ai/allowed.ts': importing('../orchestrator/leaf.js'),
};

const sources: Sources = {
  ...support,
  ...allowed,
  ...Object.fromEntries(planted.map(({ from, text }) => [from, text])),
  ...Object.assign({}, ...special.map(({ files }) => files)),
};

describe('the layer rule', () => {
  const violations = cruisePlanted(sources);
  const expected = [...planted, ...special].map(({ rule, from, to }) => ({ rule, from, to }));

  it.each(expected)('named $rule refuses that $from imports $to', (violation) => {
    expect(violations).toContainEqual(violation);
  });

  it('refuses no import in the other files', () => {
    const guilty = new Set([...expected.map(({ from }) => from), 'src/orchestrator/two.ts']);
    expect(violations.filter(({ from }) => !guilty.has(from))).toEqual([]);
  });

  it('holds in the sources', () => {
    const { files, violations: found } = cruise(ROOT);
    expect(files).toBeGreaterThan(10);
    expect(found).toEqual([]);
  });
});
