import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadConfig, readConfigFile } from '../../src/config/load/index.js';
import { readConfigFromEnv } from '../../src/config/load/variables.js';
import { issuesOf } from '../support/breaker-steps.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, readFileSync: vi.fn(real.readFileSync) };
});

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'holdfast-load-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(directory, { recursive: true });
});

/** Writes a file, and gives its path. */
function written(name: string, content: string | Uint8Array): string {
  fs.writeFileSync(at(name), content);
  return at(name);
}

function wrongWith(path: unknown) {
  return issuesOf(() => Reflect.apply(readConfigFile, undefined, [path]));
}

describe('readConfigFile', () => {
  it.each([
    ['holdfast.json', '{"preset":"none"}'],
    ['HOLDFAST.JSON', '\uFEFF{"preset":"none"}'],
    ['holdfast.yaml', 'preset: none'],
    ['holdfast.yml', '\uFEFFpreset: none\r\n'],
  ])('reads %s', (name, text) => {
    expect(readConfigFile(written(name, text))).toEqual({ preset: 'none' });
  });

  it('follows symbolic links', () => {
    written('real.json', '{"preset":"none"}');
    fs.symlinkSync('real.json', at('link.json'));
    expect(readConfigFile(at('link.json'))).toEqual({ preset: 'none' });
  });

  it.each([
    ['gone.json', 'does not exist'],
    ['gone/holdfast.yaml', 'does not exist'],
    ['file.json/holdfast.yaml', 'does not exist'],
    ['directory.json', 'this is a directory'],
    ['circle.json', 'is a link that leads to itself'],
    ['dangling.yaml', 'does not exist'],
    ['pipe.json', 'must be the path of a file that holds text'],
    ['utf-16.json', 'must be text in UTF-8'],
    ['large.json', 'must not be larger than 1048576 bytes'],
    ['holdfast.toml', 'must be the path of a file that ends in .json, .yaml, .yml'],
    ['holdfast', 'must be the path of a file that ends in .json, .yaml, .yml'],
    ['.json', 'must be the path of a file that ends in .json, .yaml, .yml'],
    ['zero\0.json', 'ERR_INVALID_ARG_VALUE'],
  ])('refuses %j: %s', (name, why) => {
    written('file.json', '{}');
    fs.mkdirSync(at('directory.json'));
    fs.symlinkSync('circle.json', at('circle.json'));
    fs.symlinkSync('gone.yaml', at('dangling.yaml'));
    execFileSync('mkfifo', [at('pipe.json')]);
    written('utf-16.json', Buffer.from('\uFEFF{}', 'utf16le'));
    written('large.json', `{}${' '.repeat(1024 * 1024)}`);
    for (const other of ['holdfast.toml', 'holdfast', '.json']) written(other, '{}');
    const [issue, ...others] = wrongWith(at(name));
    expect(others).toEqual([]);
    expect(issue?.path).toBe(at(name).replace('\0', String.raw`\u{0}`));
    expect(issue?.message).toContain(why);
  });

  it('refuses a file that the process must not read', () => {
    const path = written('secret.json', '{}');
    vi.mocked(fs.readFileSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    });
    expect(wrongWith(path)).toMatchObject([
      {
        path,
        message: 'must be a file that can be read, but this is not readable by this process',
        suggestion: `Looked for ${path}.`,
      },
    ]);
  });

  it('reports the paths in the file that are wrong', () => {
    const path = written('holdfast.yaml', 'defaults:\n  deadlineSeconds: 30\n  retry: { maxAttempts: many }\n');
    expect(wrongWith(path)).toMatchObject([
      { path: `${path}.defaults.deadlineSeconds`, suggestion: 'Write defaults.deadlineMs: 30000.' },
      { path: `${path}.defaults.retry.maxAttempts` },
    ]);
    expect(wrongWith(written('holdfast.json', '{'))).toMatchObject([{ path: at('holdfast.json') }]);
    expect(wrongWith(written('empty.json', ''))).toMatchObject([{ message: 'must hold a config' }]);
  });

  it.each([undefined, null, 5, '', ' '])('refuses %j, which is not a path', (path) => {
    expect(wrongWith(path)).toMatchObject([{ path: 'path', message: 'must be the path of a file' }]);
  });
});

describe('HOLDFAST_CONFIG', () => {
  it('can be the path of a file', () => {
    const path = written('holdfast.yaml', 'preset: none\nstrategy: critical');
    expect(readConfigFromEnv({ HOLDFAST_CONFIG: ` ${path}\n` })).toEqual({ preset: 'none', strategy: 'critical' });
    expect(readConfigFromEnv({ HOLDFAST_CONFIG: path, HOLDFAST_PRESET: 'simple' })).toMatchObject({ preset: 'simple' });
  });

  it('stands for the file in the paths of issues', () => {
    const path = written('holdfast.yaml', 'defaults: { deadlineMs: 30 }');
    expect(issuesOf(() => readConfigFromEnv({ HOLDFAST_CONFIG: path }))).toMatchObject([
      {
        path: 'HOLDFAST_CONFIG.defaults.deadlineMs',
        suggestion: "Did you mean 30000? If it is intended, write '30ms'.",
      },
    ]);
    expect(issuesOf(() => readConfigFromEnv({ HOLDFAST_CONFIG: at('gone.yaml') }))).toMatchObject([
      { path: 'HOLDFAST_CONFIG', received: expect.stringContaining('the string') },
    ]);
  });

  it('is relative to the working directory', () => {
    const issues = issuesOf(() => readConfigFromEnv({ HOLDFAST_CONFIG: 'package.json' }));
    expect(issues.map(({ path }) => path)).toContain('HOLDFAST_CONFIG.name');
  });
});

describe('loadConfig with a file', () => {
  it('prefers variables to the file, and the code to both of them', () => {
    const file = written(
      'holdfast.yaml',
      'defaults: { deadlineMs: 1000, attemptTimeoutMs: 1000, retry: { maxAttempts: 2 } }',
    );
    const variables = { defaults: { deadlineMs: 2_000, attemptTimeoutMs: 2_000 } };
    const { layers, explain } = loadConfig({
      file,
      config: { defaults: { deadlineMs: 3_000 } },
      environment: { env: { HOLDFAST_PRESET: 'none', HOLDFAST_CONFIG: JSON.stringify(variables) } },
    });
    expect(layers).toEqual(['file', 'environment', 'code']);
    expect(explain().settings).toMatchObject({
      deadlineMs: { value: 3_000, layer: 'code' },
      attemptTimeoutMs: { value: 2_000, layer: 'environment' },
      'retry.maxAttempts': { value: 2, layer: 'file' },
    });
  });

  it('reports the issues of the file together with all others', () => {
    const file = written('holdfast.json', '{"defaults":{"deadlineMs":30}}');
    const issues = issuesOf(() =>
      loadConfig({ file, config: { strategy: 'fast' }, environment: { env: { HOLDFAST_PRESET: 'missing' } } }),
    );
    expect(issues.map(({ path }) => path)).toEqual([
      `${file}.defaults.deadlineMs`,
      'HOLDFAST_PRESET',
      'config.strategy',
    ]);
  });
});
