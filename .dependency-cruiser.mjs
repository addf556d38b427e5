/**
 * The layer rule of docs/architecture.md as data: one rule for each of its sentences. Imports of types count like any
 * other import, unless a rule says that types are allowed.
 */

const STAGES = [
  'breaker',
  'retry',
  'limits',
  'hedge',
  'timeout',
  'fallback',
  'cache',
  'targets',
  'streams',
  'classify',
];
const EDGES = ['ai', 'admin', 'cli', 'migrate', 'testing'];
const LAYERS = [
  'errors',
  'input',
  'runtime',
  'pipeline',
  'groups',
  'telemetry',
  'environment',
  'config',
  'sessions',
  'tokens',
  'realtime',
  'orchestrator',
  'entry',
];

const SOURCE = '^src/';
/** What every layer builds on. */
const BASE = ['errors', 'input', 'runtime'];
/** `retry()` by itself, which is composed of several stages as the orchestrator's chain is. */
const RETRY_ALONE = '^src/retry/(?:retry|retry-options|standalone-hooks)\\.ts$';
/** Arithmetic and decisions without state or effect, which any folder may import. */
const PURE = '^src/(?:retry/(?:backoff|jitter|decide)|breaker/(?:trip|open-duration))\\.ts$';
/** @param {string[]} folders */
const within = (...folders) => `^src/(?:${folders.join('|')})/`;

/**
 * Files in `folder` import nothing of ours except what lies in `allowed`.
 *
 * @param {string} name
 * @param {string} comment
 * @param {string} folder
 * @param {string[]} allowed
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const onlyImports = (name, comment, folder, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: within(folder) },
  to: { path: SOURCE, pathNot: [within(folder, ...allowed)] },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    onlyImports('errors-import-nothing-of-ours', 'errors/ imports nothing of ours.', 'errors', []),
    onlyImports('runtime-imports-nothing-of-ours', 'runtime/ imports nothing of ours.', 'runtime', []),
    onlyImports('input-knows-errors-only', 'input/ imports errors/ only.', 'input', ['errors']),
    onlyImports('pipeline-is-a-contract', 'pipeline/ imports errors/, input/ and runtime/ only.', 'pipeline', BASE),
    onlyImports('groups-know-calls-only', 'groups/ imports errors/, input/, runtime/ and pipeline/ only.', 'groups', [
      ...BASE,
      'pipeline',
    ]),
    {
      name: 'stages-never-import-each-other',
      comment: 'A stage imports errors/, input/, runtime/ and pipeline/, and pure arithmetic, never another stage.',
      severity: 'error',
      from: { path: `^src/(${STAGES.join('|')})/`, pathNot: RETRY_ALONE },
      to: { path: SOURCE, pathNot: [within(...BASE, 'pipeline'), PURE, '^src/$1/'] },
    },
    {
      name: 'pure-arithmetic-stays-pure',
      comment:
        'What any folder may import has no effect: of our own code it imports types, constants and other arithmetic.',
      severity: 'error',
      from: { path: PURE },
      to: { path: SOURCE, pathNot: [PURE, within('runtime')], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'retry-alone-is-composed',
      comment: 'retry() by itself is composed of retry/, classify/ and timeout/, as the facade is of all stages.',
      severity: 'error',
      from: { path: RETRY_ALONE },
      to: { path: SOURCE, pathNot: [within(...BASE, 'pipeline', 'retry', 'classify', 'timeout')] },
    },
    {
      name: 'telemetry-listens-only',
      comment: 'telemetry/ imports errors/, input/, runtime/ and pipeline/, and only types of config/ and the stages.',
      severity: 'error',
      from: { path: within('telemetry') },
      to: { path: SOURCE, pathNot: [within('telemetry', ...BASE, 'pipeline', 'config', ...STAGES)] },
    },
    {
      name: 'telemetry-knows-stages-by-type',
      comment: 'telemetry/ never decides: what it imports from config/ or a stage is a type.',
      severity: 'error',
      from: { path: within('telemetry') },
      to: { path: within('config', ...STAGES), dependencyTypesNot: ['type-only'] },
    },
    onlyImports(
      'environment-stands-alone',
      'environment/ imports errors/, input/ and runtime/ only.',
      'environment',
      BASE,
    ),
    onlyImports(
      'config-knows-settings-only',
      'config/ imports errors/, input/, runtime/, pipeline/ and environment/, and the settings of the stages.',
      'config',
      [...BASE, 'pipeline', 'environment', ...STAGES],
    ),
    {
      name: 'config-knows-stages-by-settings',
      comment:
        'config/ imports types of a stage, the files that declare its settings, or pure arithmetic. ' +
        'config/settings.ts names every stage; test/layers/config-imports.test.ts says what it may import.',
      severity: 'error',
      from: { path: within('config'), pathNot: '^src/config/settings\\.ts$' },
      to: {
        path: within(...STAGES),
        pathNot: ['/(?:settings|resolve-settings)\\.ts$', PURE],
        dependencyTypesNot: ['type-only'],
      },
    },
    onlyImports('sessions-stand-alone', 'sessions/ imports errors/, input/ and runtime/ only.', 'sessions', BASE),
    onlyImports('tokens-build-on-sessions', 'tokens/ builds on sessions/ only.', 'tokens', [...BASE, 'sessions']),
    onlyImports('realtime-builds-on-sessions', 'realtime/ builds on sessions/ only.', 'realtime', [
      ...BASE,
      'sessions',
    ]),
    {
      name: 'edges-stay-outside',
      comment:
        'ai/, admin/, cli/, migrate/ and testing/ are edges: nothing inside imports them; entry/ publishes them.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within(...EDGES, 'entry')] },
      to: { path: within(...EDGES) },
    },
    {
      name: 'only-entries-open-the-orchestrator',
      comment: 'orchestrator/ alone names every part; only entry/ and the edges import it.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within('orchestrator', 'entry', ...EDGES)] },
      to: { path: within('orchestrator') },
    },
    {
      name: 'entries-are-for-users',
      comment: 'entry/ holds the published subpaths; inside, files import what they mean.',
      severity: 'error',
      from: { path: SOURCE },
      to: { path: within('entry') },
    },
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder in src/ takes part only when this file says what it may import.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within(...LAYERS, ...STAGES, ...EDGES)] },
      to: {},
    },
    {
      name: 'no-layerless-imports',
      comment: 'No import leads to a folder of src/ that this file does not know.',
      severity: 'error',
      from: {},
      to: { path: SOURCE, pathNot: [within(...LAYERS, ...STAGES, ...EDGES)] },
    },
    {
      name: 'no-cycles',
      comment: 'Imports point one way, imports of types too.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'sources-import-sources',
      comment: 'src/ imports nothing from the tests, the benches, the scripts or the build.',
      severity: 'error',
      from: { path: SOURCE },
      to: { path: '^(?:test|bench|demo|docs|scripts|dist|coverage)/' },
    },
    {
      name: 'opossum-is-the-switch-of-the-breaker',
      comment: 'Only breaker/ knows opossum.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within('breaker')] },
      to: { path: '(?:^|/)node_modules/(?:@types/)?opossum/' },
    },
    {
      name: 'p-retry-drives-the-retries',
      comment: 'Only retry/ knows p-retry.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within('retry')] },
      to: { path: '(?:^|/)node_modules/p-retry/' },
    },
    {
      name: 'no-development-packages',
      comment: 'What is published imports nothing that is installed for development only; `zod/mini` is bundled.',
      severity: 'error',
      from: { path: SOURCE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.build.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    combinedDependencies: false,
  },
};
