export { type HedgeSnapshot, Hedges, type WastedUsage } from './hedges.js';
export type { HedgeResult } from './race.js';
export type { HedgeSettings, ResolvedHedgeSettings } from './settings.js';
export { hedgeStage } from './stage.js';
