import { pathOfKey } from '../../errors/errors.js';
import type { Findings } from './findings.js';
import { SECURITY_LIMITS } from './limits.js';

/**
 * Strings, and whatever tells where one stands. The text must be JSON: then no quotation mark is left without its
 * other.
 */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

interface Level {
  readonly path: string;
  /** The keys so far; `undefined` in an array. */
  readonly keys: Set<string> | undefined;
  /** The latest key, or how many items came before. */
  key: string;
  index: number;
  /** A string that comes now is a key. */
  atKey: boolean;
}

/**
 * Refuses JSON that has a key twice in one object. Parsers keep one of the two and none says which: what one reader
 * checks, another may never see, a forbidden key among it.
 */
export function checkRepeatedKeys(findings: Findings, root: string, json: string): void {
  const levels: Level[] = [];
  /** What lies too deep is refused for that, or lies in what is repeated further out. */
  let tooDeep = 0;
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (levels.length > SECURITY_LIMITS.maxDepth) tooDeep += 1;
      else levels.push(levelIn(levels.at(-1), root, token));
    } else if (token === '}' || token === ']') {
      if (tooDeep > 0) tooDeep -= 1;
      else levels.pop();
    } else if (tooDeep === 0) {
      step(findings, levels.at(-1), token);
    }
    if (findings.isFull) return;
  }
}

function levelIn(outer: Level | undefined, root: string, token: string): Level {
  const keys = token === '{' ? new Set<string>() : undefined;
  return { path: outer === undefined ? root : pathOf(outer), keys, key: '', index: 0, atKey: keys !== undefined };
}

function pathOf({ path, keys, key, index }: Level): string {
  return keys === undefined ? `${path}[${index}]` : pathOfKey(path, key);
}

/** Takes a comma or a string into account. */
function step(findings: Findings, level: Level | undefined, token: string): void {
  if (level === undefined) return;
  if (token === ',') {
    level.index += 1;
    level.atKey = level.keys !== undefined;
  } else if (level.atKey) {
    level.atKey = false;
    level.key = String(JSON.parse(token));
    if (level.keys?.has(level.key) === true) {
      findings.refuse(pathOf(level), 'must be there once', level.key, 'Leave out all but one.');
    }
    level.keys?.add(level.key);
  }
}
