import { FAMILIES } from './families/families.js';
import type { AnswerHeaders } from './headers.js';
import { type Sight, safely } from './sight.js';

/** Where an error comes from. */
export interface Origin {
  /** Who failed, as far as that can be told. */
  readonly provider: string | undefined;
  /** All headers by which anybody is known have been looked for, and none is there. */
  readonly isAnonymous: boolean;
}

const PROVIDERS = FAMILIES.flatMap(({ provider }) => (provider === undefined ? [] : [provider]));
const BY_CLASS = new Map(PROVIDERS.flatMap(({ name, classes = [] }) => classes.map((one) => [one, name] as const)));
const BY_HOST = PROVIDERS.flatMap(({ name, hosts = [] }) => hosts.map((host) => [host, name] as const));
const BY_HEADER = PROVIDERS.flatMap(({ name, headers = [] }) => headers.map((header) => [header, name] as const));

/** The headers by which somebody is known. */
export const TELLING_HEADERS: ReadonlySet<string> = new Set(BY_HEADER.map(([header]) => header));

const SPOKEN_BY_MANY = 'openai';
const HOST = /^https?:\/\/([^/:?#]{1,253})/;

/** How many classes an error class may stand below the one that all errors of its SDK share. */
const DEEPEST_CLASS = 4;

/** Where an error comes from, by the host that was called, by whose SDK made the error, and by what was answered. */
export function originOf(sight: Sight, headers: AnswerHeaders | undefined): Origin {
  const maker = byHost(sight.url) ?? byClass(sight.constructor);
  // Many speak OpenAI's language, to be read by OpenAI's SDK: the answer knows better. All others are taken at their word.
  if (headers === undefined || (maker !== undefined && maker !== SPOKEN_BY_MANY)) {
    return { provider: maker, isAnonymous: false };
  }
  const told = byHeader(headers);
  return { provider: told ?? maker, isAnonymous: told === undefined };
}

function byHeader(headers: AnswerHeaders): string | undefined {
  for (const [header, name] of BY_HEADER) if (headers.get(header) !== undefined) return name;
  return undefined;
}

function byHost(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  const host = HOST.exec(url)?.[1];
  return host === undefined ? undefined : BY_HOST.find(([end]) => isWithin(host, end))?.[1];
}

function isWithin(host: string, end: string): boolean {
  return host.endsWith(end) && (host.length === end.length || host.at(-end.length - 1) === '.');
}

/** Reading the name of a class is slow, and there are few of them. */
const OF_CLASS = new WeakMap<object, { readonly provider: string | undefined }>();

function byClass(made: unknown): string | undefined {
  if (typeof made !== 'function') return undefined;
  let known = OF_CLASS.get(made);
  if (known === undefined) {
    known = { provider: safely(() => ofClass(made)) };
    OF_CLASS.set(made, known);
  }
  return known.provider;
}

function ofClass(made: object): string | undefined {
  let one: unknown = made;
  for (let step = 0; step < DEEPEST_CLASS && typeof one === 'function'; step++) {
    const found = BY_CLASS.get(one.name);
    if (found !== undefined) return found;
    one = Object.getPrototypeOf(one);
  }
  return undefined;
}
