import { code, grouped, table } from './markdown.mjs';

/** @typedef {import('../../src/config/presets/presets.js').Preset} Preset */
/** @typedef {import('../../src/config/presets/strategies.js').Strategy} Strategy */
/** @typedef {import('../../src/config/settings.js').Settings} Settings */
/** @typedef {(settings: Settings, nth: number) => number} WaitMs the wait before the nth retry, without jitter */

/** As many as the most patient strategy or preset has. */
const RETRIES = [1, 2, 3, 4, 5, 6];

/**
 * @param {Readonly<Record<string, Strategy>>} strategies
 * @param {Readonly<Record<string, Preset>>} presets
 * @param {WaitMs} waitMs
 */
export function presetTables(strategies, presets, waitMs) {
  return {
    strategies: settingsTable(strategies),
    presets: settingsTable(presets),
    purposes: purposes(strategies, presets),
    numbers: numbers({ ...strategies, ...presets }, waitMs),
    waits: waits({ ...strategies, ...presets }, waitMs),
    operations: operationsTable(presets),
    aliases: aliases(presets),
  };
}

/** @param {Readonly<Record<string, { settings: Settings }>>} named */
function settingsTable(named) {
  const columns = Object.values(named).map(({ settings }) => new Map(leaves('', settings)));
  const paths = new Set(columns.flatMap((column) => [...column.keys()]));
  const rows = [...paths].map((path) => [
    `\`${path}\``,
    ...columns.map((column) => (column.has(path) ? code(column.get(path)) : '')),
  ]);
  return table(['', ...Object.keys(named).map((name) => `\`${name}\``)], rows);
}

/**
 * @param {string} prefix
 * @param {object} part
 * @returns {[string, unknown][]}
 */
function leaves(prefix, part) {
  return Object.entries(part).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? leaves(`${prefix}${name}.`, value) : [[prefix + name, value]],
  );
}

/**
 * @param {Readonly<Record<string, Strategy>>} strategies
 * @param {Readonly<Record<string, Preset>>} presets
 */
function purposes(strategies, presets) {
  const ofStrategies = Object.entries(strategies).map(([name, { description }]) => [
    `strategy \`${name}\``,
    description,
    '',
  ]);
  const ofPresets = Object.entries(presets).map(([name, { description, environments }]) => [
    `preset \`${name}\``,
    description,
    environments.join(', '),
  ]);
  return table(['', 'Made for', 'Environments'], [...ofStrategies, ...ofPresets]);
}

/**
 * The few numbers by which to choose.
 *
 * @param {Readonly<Record<string, { settings: Settings }>>} named
 * @param {WaitMs} waitMs
 */
function numbers(named, waitMs) {
  const seconds = (/** @type {number} */ ms) => String(ms / 1_000);
  const rows = Object.entries(named).map(([name, { settings }]) => {
    const retries = RETRIES.slice(0, attemptsOf(settings) - 1);
    const { trip, openMs } = settings.breaker || {};
    if (trip?.consecutiveFailures === undefined || openMs === undefined) throw new Error(`${name} has no breaker`);
    const waits = retries.map((nth) => seconds(waitMs(settings, nth))).join(', ');
    return [`\`${name}\``, String(attemptsOf(settings)), waits, String(trip.consecutiveFailures), seconds(openMs)];
  });
  return table(['', 'Attempts', 'Waits, s', 'Failures that open the breaker', 'Open, s'], rows);
}

/** @param {Settings} settings */
function attemptsOf({ retry }) {
  return retry ? (retry.maxAttempts ?? 1) : 1;
}

/**
 * @param {Readonly<Record<string, { settings: Settings }>>} named
 * @param {WaitMs} waitMs
 */
function waits(named, waitMs) {
  const rows = Object.entries(named).map(([name, { settings }]) => {
    const retries = attemptsOf(settings) - 1;
    const cells = RETRIES.map((nth) => (nth > retries ? '' : grouped(waitMs(settings, nth))));
    return [`\`${name}\``, ...cells];
  });
  return table(['', ...RETRIES.map((nth) => `Retry ${nth}`)], rows);
}

/** @param {Readonly<Record<string, Preset>>} presets */
function operationsTable(presets) {
  const named = Object.values(presets).map(({ operations }) => new Map(Object.entries(operations)));
  const names = new Set(
    named.flatMap((each) => [...each].filter(([, { alias }]) => alias === undefined).map(([name]) => name)),
  );
  const rows = [...names].map((name) => [
    `\`${name}\``,
    ...named.map((each) => {
      const strategy = each.get(name)?.strategy;
      return strategy === undefined ? '' : `\`${strategy}\``;
    }),
  ]);
  return table(['Operation', ...Object.keys(presets).map((name) => `\`${name}\``)], rows);
}

/** @param {Readonly<Record<string, Preset>>} presets */
function aliases(presets) {
  const all = Object.values(presets).flatMap(({ operations }) => Object.entries(operations));
  const known = new Map(all.flatMap(([name, { alias }]) => (alias === undefined ? [] : [[name, alias]])));
  return table(
    ['Alias', 'Operation'],
    [...known].map(([name, alias]) => [`\`${name}\``, `\`${alias}\``]),
  );
}
