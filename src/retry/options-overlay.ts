import type { KindSettings, RetrySettings } from './options.js';

/** Settings laid over others, part by part; what is `undefined` leaves what is below. */
export function overlayRetry(below: RetrySettings, above: RetrySettings): RetrySettings {
  const kinds: Record<string, KindSettings | boolean | undefined> = { ...below.kinds };
  for (const [kind, own] of Object.entries(above.kinds ?? {})) kinds[kind] = overlayKind(kinds[kind], own);
  return { ...overlay(below, above), kinds, budget: overlayBudget(below.budget, above.budget) };
}

type Kind = KindSettings | boolean | undefined;

function overlayKind(below: Kind, above: Kind): Kind {
  // `true` says no more than that there is something to retry: what is below says how.
  if (above === undefined || (above === true && typeof below === 'object')) return below;
  return typeof above === 'object' && typeof below === 'object' ? overlay(below, above) : above;
}

function overlayBudget(below: RetrySettings['budget'], above: RetrySettings['budget']): RetrySettings['budget'] {
  if (above === undefined) return below;
  return above === false || below === false || below === undefined ? above : overlay(below, above);
}

function overlay<S extends object>(below: S, above: S): S {
  return { ...below, ...Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined)) };
}
