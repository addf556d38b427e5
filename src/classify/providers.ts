import { FAMILIES } from './families/families.js';
import type { HeaderLookup } from './headers.js';
import type { Link } from './link.js';
import { attempt } from './sight.js';

const PROVIDERS = FAMILIES.flatMap(({ provider }) => (provider === undefined ? [] : [provider]));
const BY_CLASS = new Map(PROVIDERS.flatMap(({ name, classes = [] }) => classes.map((one) => [one, name] as const)));
const BY_HEADER = PROVIDERS.flatMap(({ name, headers = [] }) => headers.map((header) => [header, name] as const));
const BY_HOST = PROVIDERS.flatMap(({ name, hosts = [] }) => hosts.map((host) => [host, name] as const));

const SPOKEN_BY_MANY = 'openai';
const HOST = /^https?:\/\/([^/:?#]{1,253})/;

/** How many classes an error class may stand below the one that all errors of its SDK share. */
const DEEPEST_CLASS = 4;

/** Who failed, by the host that was called, by whose SDK made the error, and by what was answered. */
export function providerOf({ sight, headers }: Link): string | undefined {
  const made = byHost(sight.url) ?? byClass(sight.constructor);
  // Many speak OpenAI's language, to be read by OpenAI's SDK: the answer knows better.
  if (headers === undefined || (made !== undefined && made !== SPOKEN_BY_MANY)) return made;
  return byHeader(headers) ?? made;
}

function byHost(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  const host = HOST.exec(url)?.[1];
  return host === undefined ? undefined : BY_HOST.find(([end]) => isWithin(host, end))?.[1];
}

function isWithin(host: string, end: string): boolean {
  return host.endsWith(end) && (host.length === end.length || host.at(-end.length - 1) === '.');
}

function byHeader(headers: HeaderLookup): string | undefined {
  for (const [header, name] of BY_HEADER) if (headers(header) !== undefined) return name;
  return undefined;
}

/** Reading the name of a class is slow, and there are few of them. */
const OF_CLASS = new WeakMap<object, { readonly provider: string | undefined }>();

function byClass(made: unknown): string | undefined {
  if (typeof made !== 'function') return undefined;
  let known = OF_CLASS.get(made);
  if (known === undefined) {
    known = { provider: attempt(() => ofClass(made)) };
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
