import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { detectEnvironment, readEnvironment } from '../../../src/environment/index.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, existsSync: vi.fn(real.existsSync) };
});
vi.mock('node:os', async (original) => {
  const real = await original<typeof os>();
  return { ...real, hostname: vi.fn(real.hostname) };
});

let directory: string;

beforeEach(() => {
  directory = fs.mkdtempSync(join(os.tmpdir(), 'holdfast-environment-'));
  vi.mocked(fs.existsSync).mockClear();
  vi.mocked(os.hostname).mockClear();
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(directory, { recursive: true });
});

describe('readEnvironment', () => {
  it('reads variables, files and the host name', () => {
    vi.stubEnv('ENVIRONMENT', 'staging');
    vi.stubEnv('NODE_ENV', 'test');
    fs.writeFileSync(join(directory, '.env'), 'SECRET=1');
    fs.mkdirSync(join(directory, '.git'));
    const { env, files, hostname } = readEnvironment(directory);
    expect(env).toMatchObject({ ENVIRONMENT: 'staging', NODE_ENV: 'test' });
    expect(files).toEqual(['.env', '.git']);
    expect(hostname).toBe(os.hostname());
  });

  it('looks for each file once and asks for the host name once', () => {
    readEnvironment(directory);
    expect(vi.mocked(fs.existsSync).mock.calls).toEqual([
      [join(directory, '.env')],
      [join(directory, '.git')],
      [join(directory, 'docker-compose.dev.yml')],
    ]);
    expect(os.hostname).toHaveBeenCalledTimes(1);
  });

  it('copies no variable that detection does not read', () => {
    vi.stubEnv('OPENAI_API_KEY', 'secret');
    expect(readEnvironment(directory).env).not.toHaveProperty('OPENAI_API_KEY');
  });

  it('looks in the working directory and caches nothing', () => {
    vi.stubEnv('APP_ENV', 'staging');
    expect(detectEnvironment(readEnvironment()).signals.map(({ source }) => source)).toContain('APP_ENV');
    vi.stubEnv('APP_ENV', undefined);
    expect(detectEnvironment(readEnvironment()).signals.map(({ source }) => source)).not.toContain('APP_ENV');
    expect(fs.existsSync).toHaveBeenCalledWith('.git');
  });

  it('omits the host name if the system refuses to give it', () => {
    vi.mocked(os.hostname).mockImplementationOnce(() => {
      throw new Error('EPERM');
    });
    expect(readEnvironment(directory).hostname).toBeUndefined();
  });
});
