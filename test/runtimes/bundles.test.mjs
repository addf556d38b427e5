import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const TOOLS = join(HERE, 'tools');
const tool = createRequire(join(TOOLS, 'package.json'));

/** A service that needs opossum, p-retry and a config in YAML: a call that is retried, and a breaker that recovers. */
const RUN = `
async function run() {
  const resilience = createResilience();
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const answer = await resilience.execute('chat', ({ attempt }) => {
    if (attempt === 1) throw reset;
    return 'attempt ' + attempt;
  });
  const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 1 }, openMs: 20 });
  await breaker.execute(() => { throw reset; }).catch(() => undefined);
  const states = [breaker.state];
  // The timer of a breaker keeps no process alive.
  const alive = setInterval(() => undefined, 1_000);
  await new Promise((resolve) => breaker.on('breaker.half_opened', resolve));
  clearInterval(alive);
  states.push(breaker.state);
  const { value, layer } = resilience.config('chat').settings['retry.maxDelayMs'];
  return [answer, ...states, value, layer].join(' ');
}
`;
const SAID = 'attempt 2 open half_open 7 environment';
const YAML = 'defaults: { retry: { minDelayMs: 1, maxDelayMs: 7 } }\n';

const IMPORT = `import { createResilience } from 'holdfast';\nimport { CircuitBreaker } from 'holdfast/breaker';\n`;
const REQUIRE = `const { createResilience } = require('holdfast');\nconst { CircuitBreaker } = require('holdfast/breaker');\n`;
const SOURCES = {
  'service.mjs': `${IMPORT}${RUN}run().then(console.log);\n`,
  'service.cjs': `${REQUIRE}${RUN}run().then(console.log);\n`,
  'jest/service.test.js': `${REQUIRE}${RUN}test('the service works', async () => { expect(await run()).toBe('${SAID}'); });\n`,
  'jest/package.json': '{ "type": "commonjs" }',
};
mkdirSync(join(HERE, 'jest'), { recursive: true });
for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(HERE, name), text);

/** Where bundles run: nothing is installed but `yaml`, which a bundle leaves out. */
const deployed = mkdtempSync(join(tmpdir(), 'holdfast-bundles-'));
after(() => rmSync(deployed, { recursive: true }));
cpSync(join(HERE, 'node_modules/yaml'), join(deployed, 'node_modules/yaml'), { recursive: true });
writeFileSync(join(deployed, 'holdfast.yaml'), YAML);
const env = { PATH: process.env['PATH'], HOLDFAST_PRESET: 'none', HOLDFAST_CONFIG: join(deployed, 'holdfast.yaml') };

/**
 * @param {string} source
 * @param {'esm' | 'cjs'} format
 * @param {object} [options]
 */
async function bundleByEsbuild(source, format, options) {
  const outfile = join(deployed, format === 'esm' ? 'service.mjs' : 'service.cjs');
  const { warnings } = await tool('esbuild').build({
    absWorkingDir: HERE,
    entryPoints: [source],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
    ...options,
  });
  assert.deepEqual(warnings, []);
  return outfile;
}

/** @param {'esm' | 'cjs'} format */
async function bundleByRollup(format) {
  const file = join(deployed, format === 'esm' ? 'service.mjs' : 'service.cjs');
  const bundle = await tool('rollup').rollup({
    input: join(HERE, 'service.mjs'),
    plugins: [tool('@rollup/plugin-node-resolve').nodeResolve({ preferBuiltins: true })],
    /** @param {{ message: string }} warning */
    onwarn: ({ message }) => assert.fail(message),
  });
  await bundle.write({ file, format });
  await bundle.close();
  return file;
}

/**
 * @param {string} source
 * @param {'esm' | 'cjs'} format
 */
async function bundleByWebpack(source, format) {
  const filename = format === 'esm' ? 'service.mjs' : 'service.cjs';
  /** @type {{ hasErrors: () => boolean, hasWarnings: () => boolean, toString: () => string }} */
  const stats = await new Promise((resolve, reject) => {
    tool('webpack')(
      {
        context: HERE,
        entry: `./${source}`,
        mode: 'production',
        target: 'node',
        optimization: { minimize: false },
        output: { path: deployed, filename, ...(format === 'esm' && { module: true, chunkFormat: 'module' }) },
        ...(format === 'esm' && { experiments: { outputModule: true } }),
      },
      /** @param {unknown} error @param {never} stats */
      (error, stats) => (error ? reject(error) : resolve(stats)),
    );
  });
  assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
  return join(deployed, filename);
}

const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** @type {[name: string, bundle: () => Promise<string>][]} */
const BUNDLES = [
  ['esbuild as an ES module', () => bundleByEsbuild('service.mjs', 'esm')],
  ['esbuild as an ES module, minified', () => bundleByEsbuild('service.mjs', 'esm', { minify: true })],
  [
    'esbuild as an ES module with the banner that declares require',
    () => bundleByEsbuild('service.mjs', 'esm', { banner: { js: BANNER } }),
  ],
  ['esbuild as CommonJS', () => bundleByEsbuild('service.cjs', 'cjs')],
  ['esbuild as CommonJS, minified', () => bundleByEsbuild('service.cjs', 'cjs', { minify: true })],
  ['esbuild as CommonJS from ES modules', () => bundleByEsbuild('service.mjs', 'cjs')],
  ['rollup as an ES module', () => bundleByRollup('esm')],
  ['rollup as CommonJS', () => bundleByRollup('cjs')],
  ['webpack as an ES module', () => bundleByWebpack('service.mjs', 'esm')],
  ['webpack as CommonJS', () => bundleByWebpack('service.cjs', 'cjs')],
  ['webpack as CommonJS from ES modules', () => bundleByWebpack('service.mjs', 'cjs')],
];

/** @param {string[]} args @param {string} cwd */
function runsIn(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', env, timeout: 30_000 });
  const said = { status, stdout, stderr: stderr.slice(-2_000) };
  assert.deepEqual(said, { status: 0, stdout: `${SAID}\n`, stderr: '' });
}

describe('a service that is bundled', () => {
  for (const [name, bundle] of BUNDLES) {
    it(`by ${name} starts with only yaml installed, retries, opens a breaker, and reads YAML`, async () => {
      runsIn(tmpdir(), await bundle());
    });
  }

  it('finds yaml in its working directory where a platform loads the bundle', async () => {
    await bundleByEsbuild('service.mjs', 'cjs');
    runsIn(deployed, '--eval', "require('./service.cjs')");
  });
});

describe('a test of a service in CommonJS', () => {
  for (const jest of ['jest-29', 'jest-30']) {
    it(`runs under ${jest} without a transform`, () => {
      const config = { rootDir: join(HERE, 'jest'), transform: {}, testEnvironment: 'node', haste: {} };
      const args = [join(TOOLS, 'node_modules', jest, 'bin/jest.js'), '--config', JSON.stringify(config), '--ci', '-i'];
      const { status, stderr } = spawnSync(process.execPath, args, { cwd: HERE, encoding: 'utf8', env });
      assert.equal(status, 0, stderr);
      assert.match(stderr, /Tests: +1 passed/);
    });
  }
});
