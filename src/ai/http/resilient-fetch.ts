import { anyFunction, anyThat, Check, isName, type Part, part, readOnce, setting } from '../../input/index.js';
import { type Door, findDoor, type Resilience, STREAM_OPTIONS, type StreamOptions } from '../../orchestrator/index.js';
import type { Call } from '../../pipeline/index.js';
import { requireAnswer } from '../../runtime/index.js';
import type { Dialect } from '../../streams/index.js';
import { bySession, type RequestCallOptions } from '../call-options.js';
import { OpenFailures } from './open-failures.js';
import { openingOfResponses } from './open-response.js';
import { type FetchInput, type OutgoingRequest, ReplayableRequest } from './outgoing-request.js';
import { findModel, prepareFor } from './target-request.js';

/** Any function with the signature of `fetch`. */
export type Fetch = (input: FetchInput, init?: RequestInit) => Promise<Response>;

/** What the calls of a client have in common. */
export interface RequestOptions<Strategy extends string = string>
  extends Omit<StreamOptions<Strategy>, 'key' | 'signal' | 'replayable' | 'fallback'> {
  /**
   * Tells apart upstreams of the operation: a name, or a function of the request that returns one or `undefined`. Default: the
   * model that the request names; none with targets, which have keys of their own.
   */
  readonly key?: string | ((request: OutgoingRequest) => string | undefined) | undefined;
}

/** Options of {@link resilientFetch}. */
export interface ResilientFetchOptions<Strategy extends string = string> extends RequestOptions<Strategy> {
  /** Sends the requests. Default: the global `fetch`, as it is at that time. */
  readonly fetch?: Fetch | undefined;
}

const { key: _key, signal: _signal, replayable: _replayable, fallback: _fallback, ...shared } = STREAM_OPTIONS.settings;

const OPTIONS: Part<ResilientFetchOptions> = part(
  {
    ...shared,
    key: setting(
      anyThat<NonNullable<ResilientFetchOptions['key']>>(
        isKey,
        'must be a name, or a function of the request that returns one',
      ),
    ),
    fetch: setting(anyFunction<Fetch>()),
  },
  {
    ...STREAM_OPTIONS.info,
    elsewhere: {
      ...STREAM_OPTIONS.info.elsewhere,
      signal: 'Give it to each request.',
      replayable: 'It follows from the body of the request.',
      fallback: 'Write it in createResilience({ fallbacks }), or use targets.',
    },
  },
);

function isKey(value: unknown): boolean {
  return typeof value === 'function' || isName(value);
}

/**
 * Makes a `fetch` whose requests are calls of an operation: a response with an error status fails the attempt, and a stream of
 * events is guarded until its end. The caller gets the final `Response`, whatever its status, so that SDKs throw their own
 * errors. Switch off the retries of an SDK that uses it, or let `protect` do that.
 *
 * @example
 * ```ts
 * const client = new OpenAI({ fetch: resilientFetch(resilience, 'chat'), maxRetries: 0 });
 * ```
 *
 * @param operation the name of the operation.
 * @throws {ConfigurationError} for bad options. The returned function rejects as `fetch` does, and with the errors of
 * `resilience.execute` if an attempt got no response.
 */
export function resilientFetch<Name extends string, Strategy extends string>(
  resilience: Resilience<Name, Strategy>,
  operation: Name,
  options: ResilientFetchOptions<Strategy> = {},
): Fetch {
  const send = requestSender(requestCalls(resilience, operation, options));
  const { fetch } = options;
  return (input, init) => {
    const request = new ReplayableRequest(input, init);
    return send(request, (...args) => (fetch ?? globalThis.fetch)(...args));
  };
}

/** Sends one request as a call. */
export type SendRequest = (request: ReplayableRequest, fetch: Fetch) => Promise<Response>;

/** How the requests of a client become calls of an operation. */
export interface RequestCalls {
  readonly door: Door;
  /** How the events of a stream are read; `undefined`: recognised by the first one. */
  readonly dialect: Dialect | undefined;
  /** Whether the SDK makes an error of its own of a failure that is reported within a stream. Default `true`. */
  readonly passesFailures?: boolean;
  /** The options of the call of a request. */
  optionsFor(request: RequestToCall): CallOptions;
}

type CallOptions = Parameters<Door['open']>[1];

/** What the options of a call follow from. */
export interface RequestToCall extends OutgoingRequest {
  readonly signal: AbortSignal | undefined;
  readonly isReplayable: boolean;
  /** What was said about its call, where a request can say that. */
  readonly callOptions?: RequestCallOptions;
}

/**
 * Reads the options of a client.
 *
 * @throws {ConfigurationError} for bad options.
 */
export function requestCalls(resilience: unknown, operation: string, options: ResilientFetchOptions): RequestCalls {
  const { key: given, dialect, fetch: _unused, ...rest } = readOptions(options);
  const door = findDoor(resilience, operation);
  const hasTargets = rest.targets === undefined ? door.hasTargets : rest.targets !== false;
  const key = given ?? (hasTargets ? undefined : findModel);
  const sticky = rest.sticky ?? (hasTargets && !door.isSticky ? bySession : undefined);
  return {
    door,
    dialect,
    optionsFor: (request) => {
      const { session, key: ofRequest, ...own } = request.callOptions ?? {};
      return {
        ...rest,
        ...own,
        sticky,
        context: session === undefined ? rest.context : { ...rest.context, session },
        key: ofRequest ?? (typeof key === 'function' ? readKey(key, request) : key),
        signal: request.signal,
        replayable: request.isReplayable,
      };
    },
  };
}

/** Prepares what {@link resilientFetch} does, for clients that have another way than `fetch` to intercept their requests. */
export function requestSender({ door, dialect, optionsFor, passesFailures = true }: RequestCalls): SendRequest {
  return async (request, fetch) => {
    const failures = new OpenFailures();
    const opening = openingOfResponses({
      dialect,
      passesFailures,
      expectsJson: expectsJson(request.headers),
      onStreamFailed: (response, error) => door.remember(response.headers, error),
      onFailure: (error, failure) => failures.add(error, failure),
    });
    const attempt = async (call: Call) => {
      const changed = await prepareFor(call.target, request);
      return fetch(...request.arguments(call.signal, changed));
    };
    try {
      const value = await door.open(attempt, optionsFor(request), opening);
      failures.discard();
      return toResponse(value);
    } catch (error) {
      const response = failures.respondTo(error);
      if (response === undefined) throw error;
      door.remember(response.headers, error);
      return response;
    }
  };
}

/** Whether a page is no answer: it asked for something else, or has sent JSON itself. */
function expectsJson(headers: Headers): boolean {
  const [accepted, sent] = [headers.get('accept') ?? '', headers.get('content-type') ?? ''];
  return /json|event-stream/.test(accepted) || sent.includes('json');
}

function readOptions(options: ResilientFetchOptions): ResilientFetchOptions {
  const own = readOnce('options', options);
  const check = new Check();
  check.settings('options', own, OPTIONS);
  check.throwIfInvalid();
  return own;
}

/** @throws {TypeError} if the function returns something else. */
function readKey(find: (request: OutgoingRequest) => unknown, request: OutgoingRequest): string | undefined {
  const key = requireAnswer('key', find(request));
  if (key === undefined || typeof key === 'string') return key;
  throw new TypeError('key must return a string or undefined');
}

/** The value of a fallback that is no response is the JSON of one. */
function toResponse(value: unknown): Response {
  return value instanceof Response ? value : Response.json(value);
}
