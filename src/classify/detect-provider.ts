import { type ErrorFields, tryRead } from './error-fields.js';
import { KNOWN_ERRORS } from './providers/index.js';
import type { ResponseHeaders } from './response.js';

/** Where an error comes from. */
export interface Origin {
  /** The name of the provider, or `undefined` if unknown. */
  readonly provider: string | undefined;
  /** True if every header that identifies a provider has been looked up and none is there. */
  readonly isAnonymous: boolean;
}

const PROVIDERS = KNOWN_ERRORS.flatMap(({ provider }) => (provider === undefined ? [] : [provider]));
const BY_CLASS = new Map(PROVIDERS.flatMap(({ name, classes = [] }) => classes.map((one) => [one, name] as const)));
const BY_HOST = PROVIDERS.flatMap(({ name, hosts = [] }) => hosts.map((host) => [host, name] as const));
const BY_HEADER = PROVIDERS.flatMap(({ name, headers = [] }) => headers.map((header) => [header, name] as const));

/** The headers that identify a provider. */
export const PROVIDER_HEADERS: ReadonlySet<string> = new Set(BY_HEADER.map(([header]) => header));

/** Many providers have OpenAI's API and are called with its SDK, so that SDK is weak evidence of the provider. */
const IMITATED_PROVIDER = 'openai';
const HOST = /^https?:\/\/([^/:?#]{1,253})/;

/** How far an error class may be below the base class that all errors of its SDK share. */
const MAX_CLASS_DEPTH = 4;

/** Detects where an error comes from: by the host that was called, the SDK that created the error, or the response headers. */
export function detectOrigin(fields: ErrorFields, headers: ResponseHeaders | undefined): Origin {
  const caller = findByHost(fields.url) ?? findByClass(fields.constructor);
  if (headers === undefined || (caller !== undefined && caller !== IMITATED_PROVIDER)) {
    return { provider: caller, isAnonymous: false };
  }
  const responder = findByHeader(headers);
  return { provider: responder ?? caller, isAnonymous: responder === undefined };
}

function findByHeader(headers: ResponseHeaders): string | undefined {
  for (const [header, name] of BY_HEADER) if (headers.get(header) !== undefined) return name;
  return undefined;
}

function findByHost(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined;
  const host = HOST.exec(url)?.[1];
  return host === undefined ? undefined : BY_HOST.find(([domain]) => isWithin(host, domain))?.[1];
}

function isWithin(host: string, domain: string): boolean {
  return host.endsWith(domain) && (host.length === domain.length || host.at(-domain.length - 1) === '.');
}

/** Cached, since reading the name of a class is slow and there are few classes. */
const PROVIDER_OF_CLASS = new WeakMap<object, { readonly provider: string | undefined }>();

function findByClass(errorClass: unknown): string | undefined {
  if (typeof errorClass !== 'function') return undefined;
  let known = PROVIDER_OF_CLASS.get(errorClass);
  if (known === undefined) {
    known = { provider: tryRead(() => findByClassName(errorClass)) };
    PROVIDER_OF_CLASS.set(errorClass, known);
  }
  return known.provider;
}

function findByClassName(errorClass: object): string | undefined {
  let current: unknown = errorClass;
  for (let depth = 0; depth < MAX_CLASS_DEPTH && typeof current === 'function'; depth++) {
    const found = BY_CLASS.get(current.name);
    if (found !== undefined) return found;
    current = Object.getPrototypeOf(current);
  }
  return undefined;
}
