/** How long each unit is, in milliseconds, by all its names. */
const UNITS: ReadonlyMap<string, number> = new Map(
  (
    [
      [1, 'ms', 'msec', 'msecs', 'milli', 'millis', 'millisecond', 'milliseconds'],
      [1_000, 's', 'sec', 'secs', 'second', 'seconds'],
      [60_000, 'm', 'min', 'mins', 'minute', 'minutes'],
      [3_600_000, 'h', 'hr', 'hrs', 'hour', 'hours'],
      [86_400_000, 'd', 'day', 'days'],
    ] as const
  ).flatMap(([ms, ...names]) => names.map((name) => [name, ms] as const)),
);

const PART = /\s*(\d[\d_]*(?:\.\d+)?|\.\d+)\s*([a-z]+)\s*,?/iy;
const MILLISECONDS = /^(\d[\d_]*(?:\.\d+)?|\.\d+)\s*([a-z]+)$/i;
const LONGEST = 64;

/** How long a unit is, in milliseconds. */
export function findUnitMs(name: string): number | undefined {
  return UNITS.get(name.toLowerCase());
}

/** Parses text in milliseconds: `50ms`, `1_000 milliseconds`. Returns `undefined` for all other text. */
export function parseMs(text: string): number | undefined {
  const [, number = '', unit = ''] = text.length > LONGEST ? [] : (MILLISECONDS.exec(text.trim()) ?? []);
  return findUnitMs(unit) === 1 ? Number(number.replaceAll('_', '')) : undefined;
}

/** Parses a duration as people write it: `30s`, `2 minutes`, `1h 30m`. Returns `undefined` for all other text. */
export function parseDurationMs(text: string): number | undefined {
  const written = text.trim();
  if (written === '' || written.length > LONGEST) return undefined;
  let ms = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < written.length) {
    const [, number = '', unit = ''] = PART.exec(written) ?? [];
    const length = findUnitMs(unit);
    if (length === undefined) return undefined;
    ms += Number(number.replaceAll('_', '')) * length;
  }
  return roundWrittenMs(ms);
}

/** Removes the rounding errors of binary fractions. */
export function roundWrittenMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
