import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSlugger } from '../../scripts/config/markdown.mjs';
import { ROOT } from '../../scripts/pack.mjs';
import { proseOf, readDocument } from './documents.js';

/** Links of a document into this repository that lead nowhere: to no file, or to no heading. */
export function findDeadLinks(document: string, root: string = ROOT): readonly string[] {
  return listLinks(document, root).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? document : join(dirname(document), decodeURIComponent(path));
    if (target.startsWith('..') || !existsSync(join(root, target))) return true;
    return anchor !== undefined && !listAnchors(target, root).has(anchor);
  });
}

/** The paths from the root that a document links to. */
export function listTargets(document: string, root: string = ROOT): readonly string[] {
  const paths = listLinks(document, root).map((link) => link.split('#')[0] ?? '');
  return paths.filter((path) => path !== '').map((path) => join(dirname(document), decodeURIComponent(path)));
}

/** Inline links and images, and definitions of links, without those that lead elsewhere. */
function listLinks(document: string, root: string): readonly string[] {
  const prose = proseOf(readDocument(document, root)).replaceAll(/`[^`\n]*`/g, '');
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const defined = prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm);
  return [...inline, ...defined].flatMap(([, link]) => link ?? []).filter((link) => !/^[a-z]+:/.test(link));
}

function listAnchors(document: string, root: string): ReadonlySet<string> {
  if (!document.endsWith('.md')) return new Set();
  const prose = proseOf(readDocument(document, root));
  const slug = createSlugger();
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => slug(heading));
  const named = [...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].flatMap(([, name]) => name ?? []);
  return new Set([...headings, ...named]);
}
