import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError, parseConfig } from 'holdfast/config';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';
import { ROOT } from '../../scripts/pack.mjs';
import type { Block } from './documents.js';

/** How the blocks of each language are looked at; those of TypeScript are compiled, all at once. */
const CHECKS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  json: checkJson,
  yaml: checkYaml,
  js: checkJavaScript,
  sh: checkShell,
  ts: nothing,
  diff: nothing,
  mermaid: nothing,
  text: nothing,
  '': nothing,
};

const CONFIG_PARTS: readonly string[] = ['preset', 'strategy', 'defaults', 'operations'];

/** What is wrong with a block: it does not parse, or it is a config that holdfast refuses. */
export function findBlockErrors({ place, language, text }: Block): readonly string[] {
  const check = CHECKS[language];
  if (check === undefined) return [`${place} is in an unknown language: ${language}`];
  return check(text).map((error) => `${place} ${error}`);
}

function nothing(): readonly string[] {
  return [];
}

function checkJson(text: string): readonly string[] {
  try {
    return isConfig(JSON.parse(text)) ? checkConfig(text, 'json') : [];
  } catch (error) {
    return [String(error)];
  }
}

/** A config, or a ConfigMap of Kubernetes that holds some. */
function checkYaml(text: string): readonly string[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) return document.errors.map(({ message }) => message);
    const value: unknown = document.toJS();
    if (isConfig(value)) return checkConfig(text, 'yaml');
    const data: unknown = isRecord(value) ? value['data'] : undefined;
    const files = isRecord(data) ? Object.values(data) : [];
    return files.flatMap((file) => (typeof file === 'string' ? checkYaml(file) : []));
  });
}

function checkConfig(text: string, format: 'json' | 'yaml'): readonly string[] {
  try {
    parseConfig(text, format, 'config');
    return [];
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    return error.issues.map(({ path, message }) => `${path} ${message}`);
  }
}

function checkJavaScript(text: string): readonly string[] {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true, fileName: 'block.mjs' });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

/** Commands of this repository must exist. */
function checkShell(text: string): readonly string[] {
  const { scripts }: { scripts: object } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const names = [...text.matchAll(/\bnpm run (?:-\S+ )*([\w:-]+)/g)].map(([, name = '']) => name);
  return names.filter((name) => !Object.hasOwn(scripts, name)).map((name) => `there is no script ${name}`);
}

function isConfig(value: unknown): boolean {
  return isRecord(value) && CONFIG_PARTS.some((part) => Object.hasOwn(value, part));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
