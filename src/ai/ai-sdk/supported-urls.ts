import type { SupportedUrls } from './models.js';

/**
 * Returns the URLs that every model takes itself, as far as that can be seen: patterns that all of them have for a media type.
 * The SDK downloads all others, which works with any model.
 */
export function intersectUrls(
  all: readonly (SupportedUrls | PromiseLike<SupportedUrls>)[],
): SupportedUrls | PromiseLike<SupportedUrls> {
  const ready: SupportedUrls[] = [];
  for (const each of all) {
    if (isPromise(each)) return Promise.all(all.map((urls) => Promise.resolve(urls))).then(intersect);
    ready.push(each);
  }
  return intersect(ready);
}

function intersect([first = {}, ...others]: readonly SupportedUrls[]): SupportedUrls {
  const common: SupportedUrls = {};
  for (const [mediaType, patterns] of Object.entries(first)) {
    const shared = patterns.filter((pattern) => others.every((urls) => has(urls[mediaType], pattern)));
    if (shared.length > 0) common[mediaType] = shared;
  }
  return common;
}

function has(patterns: readonly RegExp[] | undefined, { source, flags }: RegExp): boolean {
  return patterns?.some((each) => each.source === source && each.flags === flags) ?? false;
}

function isPromise(value: SupportedUrls | PromiseLike<SupportedUrls>): value is PromiseLike<SupportedUrls> {
  return 'then' in value && typeof value['then'] === 'function';
}
