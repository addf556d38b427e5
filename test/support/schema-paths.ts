import type { z } from 'zod';
import { pathOfKey } from '../../src/input/describe.js';

/** The paths that an error of zod names, in the words of `Check`: `config.defaults.retry.maxAttempts`. */
export function schemaPaths({ issues }: z.ZodError): string[] {
  return sorted(issues.flatMap((issue) => pathsOf('config', issue)));
}

/** Each once, in order. */
export function sorted(paths: Iterable<string>): string[] {
  return [...new Set(paths)].sort();
}

function pathsOf(prefix: string, issue: z.core.$ZodIssue): string[] {
  const path = [prefix, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => pathOfKey(path, key));
  // A name is wrong, which the record is to blame for, since there is nothing of that name.
  if (issue.code === 'invalid_key') return [path.slice(0, path.lastIndexOf(`.${String(issue.path.at(-1))}`))];
  if (issue.code !== 'invalid_union') return [path];
  const meant = issue.errors.filter((option) => !option.some(isOfAnotherType));
  return meant.length === 1 ? (meant[0] ?? []).flatMap((inner) => pathsOf(path, inner)) : [path];
}

/** What a union tells of an option that the value was not meant for: it is an object, and the option is `false`. */
function isOfAnotherType({ path, code }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value' || code === 'custom');
}
