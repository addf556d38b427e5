import { anyThat, Check, configurationError, type Part, part, readOnce, setting } from '../input/index.js';
import { isSignal, monotonicMs, SignalLinks } from '../runtime/index.js';
import type { Dialect } from './dialect.js';
import { StreamGuard } from './guard.js';
import { GuardedStream, type ProtectedStream } from './protected-stream.js';
import { resolveStreamSettings, STREAM_SETTINGS, type StreamSettings } from './settings.js';
import type { StreamSource } from './source.js';

/** Options of {@link protectStream}. */
export interface ProtectStreamOptions extends StreamSettings {
  /** How its events are read. Default: recognised by the first event; every event of an unknown API is content. */
  readonly dialect?: Dialect | undefined;
  /** Ends the stream with its reason. */
  readonly signal?: AbortSignal | undefined;
}

const OPTIONS: Part<ProtectStreamOptions> = part({
  ...STREAM_SETTINGS.settings,
  dialect: setting(anyThat<Dialect>(isDialect, 'must be a dialect')),
  signal: setting(anyThat<AbortSignal>(isSignal, 'must be an AbortSignal')),
});

const links = new SignalLinks();

/**
 * Guards a stream that is already open: throws if it stalls or was cut off, and closes it as soon as it is not read any
 * further. Use `resilience.stream` to retry as well.
 *
 * @example
 * ```ts
 * const events = await openai.responses.create({ model: 'gpt-5', input: 'Say hello.', stream: true });
 * for await (const event of protectStream(events, { idleMs: 30_000 })) console.log(event.type);
 * ```
 *
 * @param source the stream, or a promise of it.
 * @throws {ConfigurationError} for bad input. While it is read, throws a `StreamStalledError`, a `StreamTruncatedError`, a
 * `StreamFailedError`, the error of the source, or the reason of the signal.
 */
export function protectStream<T>(
  source: StreamSource<T> | PromiseLike<StreamSource<T>>,
  options?: ProtectStreamOptions,
): ProtectedStream<T>;
export function protectStream(source: unknown, options: ProtectStreamOptions = {}): ProtectedStream<unknown> {
  if (typeof source !== 'object' || source === null) {
    throw configurationError('source', 'must be an async iterable, a ReadableStream or a promise of one', source);
  }
  const { signal, dialect, ...settings } = parseOptions(options);
  const startedAtMs = monotonicMs();
  const limits = resolveStreamSettings(settings);
  const onAbort = (reason: unknown) => guard.interrupt(reason);
  const onEnd = () => {
    if (signal !== undefined) links.unlink(signal, onAbort);
  };
  const guard: StreamGuard = new StreamGuard({ dialect, limits, startedAtMs, holdsBack: false, onEnd });
  const stream = new GuardedStream(startedAtMs, () => guard.leave());
  if (signal?.aborted === true) guard.interrupt(signal.reason);
  else if (signal !== undefined) links.link(signal, onAbort);
  begin(guard, stream, source);
  return stream;
}

function begin(guard: StreamGuard, stream: GuardedStream, source: object): void {
  stream.begin(guard);
  const onError = (error: unknown) => guard.fail(error);
  if ('then' in source)
    void Promise.resolve(source)
      .then((opened) => guard.open(opened))
      .then(undefined, onError);
  else void guard.open(source).then(undefined, onError);
}

function parseOptions(options: ProtectStreamOptions): ProtectStreamOptions {
  const own = readOnce('options', options);
  const check = new Check();
  check.settings('options', own, OPTIONS);
  check.throwIfInvalid();
  return own;
}

/** Whether a value has the methods of a dialect. */
export function isDialect(value: unknown): value is Dialect {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      'recognises' in value &&
      typeof value.recognises === 'function' &&
      'read' in value &&
      typeof value.read === 'function' &&
      'hasEnd' in value &&
      typeof value.hasEnd === 'boolean'
    );
  } catch {
    return false;
  }
}
