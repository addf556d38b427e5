/** How long each unit is, in milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const NUMBER = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
const SECONDS = /^(?:\d+(?:\.\d*)?|\.\d+)s$/;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d)/y;
const LONGEST = 64;

/** A plain number that is not negative, without sign, exponent or unit; `undefined` for all other text. */
export function numberIn(text: string): number | undefined {
  const trimmed = text.trim();
  return trimmed.length <= LONGEST && NUMBER.test(trimmed) ? Number(trimmed) : undefined;
}

/**
 * The milliseconds of a duration as Go and protobuf write it: `1h2m3.5s`, `6m0s`, `34.07s`, `900ms`. `undefined` for all
 * other text, negative durations among it.
 */
export function durationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > LONGEST) return undefined;
  // All that protobuf writes, and most of what others do.
  if (SECONDS.test(trimmed)) return Number.parseFloat(trimmed) * 1_000;
  let ms = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < trimmed.length) {
    const part = PART.exec(trimmed);
    if (part === null) return undefined;
    ms += Number(part[1]) * (UNITS[part[2] ?? ''] ?? Number.NaN);
  }
  return ms;
}
