import type { SettingChange } from '../../config/change.js';
import type { ConfigChanged, ConfigRefused } from '../../config/events.js';
import type { AuditRecord } from './audit-entry.js';

/** Stands for whoever did not say who they are. */
const NOBODY = 'unknown';

/** What the audit trail keeps of a change: an entry for the preset, if it is another one, and one for each setting. */
export function recordsOfChange({ change }: ConfigChanged): readonly AuditRecord[] {
  if (!change.applied) return [];
  const { layer, actor = NOBODY, preset, changes } = change;
  const by = { actor, action: actionOf(layer), layer, reason: change.reason || undefined };
  const switched = preset.from === preset.to ? [] : [{ ...by, path: 'preset', ...preset }];
  return [...switched, ...changes.map((each) => ({ ...by, path: pathOf(each), from: each.from, to: each.to }))];
}

/** What it keeps of a refusal: one entry, however much was wrong, so that refusals cannot crowd out changes. */
export function recordOfRefusal({ layer, actor = NOBODY, issues }: ConfigRefused): AuditRecord {
  return { actor, action: 'refuse', path: 'config', layer, reason: wordsOf(issues).join('; ') || undefined };
}

/** What was wrong, in words. */
export function wordsOf(issues: ConfigRefused['issues']): readonly string[] {
  return issues.map(({ path, message }) => `${path} ${message}`);
}

/** What was done to change a layer. */
export function actionOf(layer: ConfigRefused['layer']): string {
  return layer === 'file' ? 'reload' : 'configure';
}

function pathOf({ operation, path }: SettingChange): string {
  return operation === undefined ? `defaults.${path}` : `operations.${operation}.${path}`;
}
