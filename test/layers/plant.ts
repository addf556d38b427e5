import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inTemporaryFolder, ROOT } from '../../scripts/pack.mjs';

const CRUISER = join(ROOT, 'node_modules/.bin/depcruise');
const CONFIG = join(ROOT, '.dependency-cruiser.mjs');

/** One import that broke one rule. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

interface CruiseResult {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { rule: { name: string }; from: string; to: string }[];
  };
}

/** What the layer rule says about the sources in `root`, and how many files it looked at. */
export function cruise(root: string): { files: number; violations: readonly Violation[] } {
  const args = ['--config', CONFIG, '--output-type', 'json', 'src'];
  const { stdout, stderr } = spawnSync(CRUISER, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser said: ${stderr}${stdout}`);
  const { summary }: CruiseResult = JSON.parse(stdout);
  const violations = summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
  return { files: summary.totalCruised, violations };
}

/** Writes the files into a folder of their own, and asks the layer rule of this repository about them. */
export function cruisePlanted(files: Readonly<Record<string, string>>): readonly Violation[] {
  return inTemporaryFolder((folder) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return cruise(folder).violations;
  });
}
