/**
 * The layer rule of docs/architecture.md as data: one rule for each of its sentences. Imports of types count like any
 * other import, unless a rule says that types are allowed.
 */

const STAGES = ['breaker', 'retry', 'limits', 'hedge', 'timeout', 'fallback', 'classify'];
const EDGES = ['ai', 'admin', 'cli', 'testing'];
const LAYERS = [
  'errors',
  'runtime',
  'pipeline',
  'telemetry',
  'config',
  'sessions',
  'tokens',
  'realtime',
  'orchestrator',
];

const SOURCE = '^src/';
/** The published door of retry/, and what stands behind it. */
const RETRY_ALONE = '^src/retry/(?:index|alone|alone-options|lone-host)\\.ts$';
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
    onlyImports('pipeline-is-a-contract', 'pipeline/ imports errors/ and runtime/ only.', 'pipeline', [
      'errors',
      'runtime',
    ]),
    {
      name: 'stages-never-import-each-other',
      comment: 'A stage imports errors/, runtime/ and pipeline/ only, never another stage.',
      severity: 'error',
      from: { path: `^src/(${STAGES.join('|')})/`, pathNot: RETRY_ALONE },
      to: { path: SOURCE, pathNot: [within('errors', 'runtime', 'pipeline'), '^src/$1/'] },
    },
    {
      name: 'retry-alone-is-composed',
      comment:
        'retry() for itself is put together from retry/, classify/ and timeout/, as the facade is from all stages.',
      severity: 'error',
      from: { path: RETRY_ALONE },
      to: { path: SOURCE, pathNot: [within('errors', 'runtime', 'pipeline', 'retry', 'classify', 'timeout')] },
    },
    {
      name: 'telemetry-listens-only',
      comment: 'telemetry/ imports errors/, runtime/ and pipeline/, and of config/ and the stages the types alone.',
      severity: 'error',
      from: { path: within('telemetry') },
      to: { path: SOURCE, pathNot: [within('telemetry', 'errors', 'runtime', 'pipeline', 'config', ...STAGES)] },
    },
    {
      name: 'telemetry-knows-stages-by-type',
      comment: 'telemetry/ never decides: what it imports from config/ or a stage is a type.',
      severity: 'error',
      from: { path: within('telemetry') },
      to: { path: within('config', ...STAGES), dependencyTypesNot: ['type-only'] },
    },
    onlyImports(
      'config-knows-settings-only',
      'config/ imports errors/, runtime/ and pipeline/, and of the stages their options.',
      'config',
      ['errors', 'runtime', 'pipeline', ...STAGES],
    ),
    {
      name: 'config-knows-stages-by-options',
      comment: 'config/ imports types of a stage, or values from its options files.',
      severity: 'error',
      from: { path: within('config') },
      to: {
        path: within(...STAGES),
        pathNot: ['(?:^|[/-])options(?:|-check|-rules)\\.ts$'],
        dependencyTypesNot: ['type-only'],
      },
    },
    onlyImports('sessions-stand-alone', 'sessions/ imports errors/ and runtime/ only.', 'sessions', [
      'errors',
      'runtime',
    ]),
    onlyImports('tokens-build-on-sessions', 'tokens/ imports errors/, runtime/ and sessions/ only.', 'tokens', [
      'errors',
      'runtime',
      'sessions',
    ]),
    onlyImports('realtime-builds-on-sessions', 'realtime/ imports errors/, runtime/ and sessions/ only.', 'realtime', [
      'errors',
      'runtime',
      'sessions',
    ]),
    {
      name: 'edges-stay-outside',
      comment: 'ai/, admin/, cli/ and testing/ are edges: nothing inside imports them, the root door included.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within(...EDGES)] },
      to: { path: within(...EDGES) },
    },
    {
      name: 'only-the-door-opens-the-orchestrator',
      comment: 'orchestrator/ alone names every part; only the root door and the edges import it.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within('orchestrator', ...EDGES), '^src/index\\.ts$'] },
      to: { path: within('orchestrator') },
    },
    {
      name: 'nobody-enters-by-the-root-door',
      comment: 'src/index.ts is for users; inside, files import what they mean.',
      severity: 'error',
      from: { path: SOURCE },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder in src/ takes part only when this file says what it may import.',
      severity: 'error',
      from: { path: SOURCE, pathNot: [within(...LAYERS, ...STAGES, ...EDGES), '^src/index\\.ts$'] },
      to: {},
    },
    {
      name: 'no-layerless-imports',
      comment: 'Nobody imports a folder of src/ that this file does not know.',
      severity: 'error',
      from: {},
      to: { path: SOURCE, pathNot: [within(...LAYERS, ...STAGES, ...EDGES), '^src/index\\.ts$'] },
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
      comment: 'What is published imports nothing that is installed for development only.',
      severity: 'error',
      from: { path: SOURCE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
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
