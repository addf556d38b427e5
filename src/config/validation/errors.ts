import type { ConfigurationIssue } from '../../errors/index.js';
import { adviceForPart, adviceForSetting } from './advice.js';
import { roomToGrow } from './rules/rules.js';
import { type About, settingIn } from './setting-in.js';
import { placeOf, type Written } from './written.js';

/** What is wrong with single values, each with what to write instead. */
export function withAdvice(
  issues: readonly ConfigurationIssue[],
  operations: readonly string[],
): readonly ConfigurationIssue[] {
  const names = new Set(operations);
  return issues.map((issue) => advised(issue, settingIn(issue.path, names)));
}

/** Contradictions, each once and where it was written. */
export function relocated(issues: readonly ConfigurationIssue[], written: Written): readonly ConfigurationIssue[] {
  const names = new Set(written.operations.byName.keys());
  const each = issues.map((issue) => {
    const about = settingIn(issue.path, names);
    const path = (about.setting && placeOf(written, about.operation, about.setting)?.path) ?? issue.path;
    return advised({ ...issue, path, ...roomFor(written, about) }, about);
  });
  return [...new Map(each.map((issue) => [JSON.stringify(issue), issue])).values()];
}

function advised(issue: ConfigurationIssue, { part, setting }: About): ConfigurationIssue {
  const advice = part === undefined ? setting && adviceForSetting(setting) : adviceForPart(part);
  const suggestion = issue.suggestion ?? advice;
  return suggestion === undefined ? issue : { ...issue, suggestion };
}

/** What makes room between two waits that do not fit together. */
function roomFor(written: Written, { operation, setting }: About): Pick<ConfigurationIssue, 'suggestion'> {
  if (setting === undefined || !setting.endsWith('.maxDelayMs')) return {};
  const [min, max] = [setting.replace(/maxDelayMs$/, 'minDelayMs'), setting].map(
    (path) => placeOf(written, operation, path)?.value,
  );
  return typeof min === 'number' && typeof max === 'number' ? { suggestion: roomToGrow(min, max) } : {};
}
