export type { Dialect, StreamSign, ToolCallPiece } from './dialect.js';
export { StreamGuard } from './guard.js';
export { invokeWithin, openingOf } from './open-stream.js';
export { findPartial, rememberPartial } from './partials.js';
export { isDialect, type ProtectStreamOptions, protectStream } from './protect-stream.js';
export { GuardedStream, type ProtectedStream, type StreamReport } from './protected-stream.js';
export type { ResolvedStreamSettings, StreamSettings } from './settings.js';
export type { StreamSource } from './source.js';
