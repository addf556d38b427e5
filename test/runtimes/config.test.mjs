import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createResilience } from 'holdfast';
import { loadConfig, validateSecurity, watchConfig } from 'holdfast/config';
import { migrate } from 'holdfast/migrate';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
after(() => rmSync(folder, { recursive: true }));

/** @param {string} name @param {string} text */
function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a config', () => {
  it('is found in the environment, as JSON, and as a path of JSON or YAML', () => {
    const variables = [
      '{ "defaults": { "deadlineMs": 9000 } }',
      file('one.json', '{ "defaults": { "deadlineMs": 9000 } }'),
      file('one.yaml', 'defaults: { deadlineMs: 9000 }\n'),
    ];
    for (const HOLDFAST_CONFIG of variables) {
      const resilience = createResilience({ environment: { env: { HOLDFAST_CONFIG } } });
      assert.equal(resilience.config('chat').settings['deadlineMs']?.value, 9_000);
      assert.equal(resilience.config('chat').settings['deadlineMs']?.layer, 'environment');
    }
  });

  it('that is broken is refused with the place in its file', () => {
    const broken = file('broken.json', '{\n  "defaults": {,\n}');
    assert.throws(() => loadConfig({ file: broken }), /broken\.json.*line 2/s);
  });

  it('is watched through a rename', async () => {
    const path = file('watched.json', '{ "defaults": { "deadlineMs": 1000 } }');
    const resilience = createResilience({ preset: 'none' });
    const watch = watchConfig(resilience, path);
    assert.equal(resilience.operation('chat').settings.deadlineMs, 1_000);
    const changed = new EventTarget();
    resilience.on('config.changed', () => changed.dispatchEvent(new Event('changed')));
    const told = once(changed, 'changed');
    // Watching keeps no process alive, so a timer does.
    const alive = setInterval(() => undefined, 1_000);
    renameSync(file('next.json', '{ "defaults": { "deadlineMs": 2000 } }'), path);
    await told;
    clearInterval(alive);
    assert.equal(resilience.operation('chat').settings.deadlineMs, 2_000);
    watch.close();
    await resilience.close();
  });

  it('is migrated from another library, and refused when it is hostile', () => {
    assert.equal(migrate({ opossum: { timeout: 3_000 } }).config.defaults?.attemptTimeoutMs, 3_000);
    assert.equal(validateSecurity('{ "__proto__": { "polluted": true } }').valid, false);
  });
});
