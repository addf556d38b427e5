import { describe, expect, it } from 'vitest';
import { dataOf, ran } from './running.js';

const argv = ['detect'];

describe('holdfast detect', () => {
  it('detects the environment that a service started here would detect', async () => {
    const env = { NODE_ENV: 'production', KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    const { code, out, err } = await ran(argv, { env }, { readMachine: () => ({ files: ['.git'], hostname: 'x' }) });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^environment +production$/m);
    expect(out).toMatch(/^preset +production$/m);
    expect(out).toMatch(/^NODE_ENV +production +0\.85 /m);
    expect(out).toMatch(/^\.git +development +0\.70 +\.git exists$/m);
    expect(out).toContain('Platform: Kubernetes.');
    expect(await dataOf(argv, { env })).toMatchObject({
      environment: 'production',
      detectedBy: 'NODE_ENV',
      signals: [{ source: 'NODE_ENV' }, { source: 'KUBERNETES_SERVICE_HOST' }],
      recommendation: { preset: 'production', environment: 'production' },
    });
  });

  it('reads the folder that it runs in', async () => {
    const folders: string[] = [];
    const readMachine = (directory: string): object => {
      folders.push(directory);
      return {};
    };
    expect((await ran(argv, { cwd: '/srv/app' }, { readMachine })).code).toBe(0);
    expect(folders).toEqual(['/srv/app']);
  });

  it('prints that there is no evidence if it finds none', async () => {
    const { code, out, err } = await ran(argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^preset +simple$/m);
    expect(out).toContain('There is no evidence for any environment.');
  });

  it('notes on stderr which variable does not name an environment', async () => {
    const { code, err } = await ran(argv, { env: { NODE_ENV: 'qa\u001b[2J' } });
    expect({ code, err }).toEqual({ code: 0, err: 'NODE_ENV does not name a known environment.\n' });
  });

  it('detects only from a name if one is given', async () => {
    const { code, out, err } = await ran(['detect', 'pre-prod-eu'], { env: { NODE_ENV: 'development' } });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        'environment  staging',
        'preset       production',
        'confidence   0.7',
        "reason       the name contains 'pre-prod'",
        '',
      ].join('\n'),
    );
    expect(await dataOf(['detect', 'pre-prod-eu'])).toEqual({
      recommendation: {
        environment: 'staging',
        preset: 'production',
        confidence: 0.7,
        reasoning: "the name contains 'pre-prod'",
      },
    });
  });
});
