import { InvalidAnswerError } from '../../errors/index.js';
import type { StageAttempt, StreamOpening, StreamWatch } from '../../pipeline/index.js';
import {
  createBodyParser,
  type Dialect,
  type EventParser,
  openStream,
  type StreamGuard,
  tolerateDialect,
} from '../../streams/index.js';
import { findReportedFailure, findUsage } from './answer-body.js';
import type { FailureToPass } from './open-failures.js';
import { isPacket, PacketEvents, PacketReader } from './packets.js';
import { rebuildResponse } from './rebuild-response.js';
import { FailedResponse, joinBytes, readBody } from './request-failures.js';

/** The most that is read of the body of an error. */
const ERROR_BODY_BYTES = 65_536;
/** Longer answers are not parsed: their usage stays unknown. */
const PARSED_BYTES = 4_194_304;

/** How the responses of one request are opened. */
export interface ResponseOpening {
  /** How the events of a stream are read. Default: recognised by the first one. */
  readonly dialect: Dialect | undefined;
  /** Whether an event that reports a failure is passed on, for the SDK to make an error of it. */
  readonly passesFailures: boolean;
  /** Whether an answer must be JSON or a stream of events. */
  readonly expectsJson: boolean;
  /** Called when a guarded response has failed after its first content. */
  readonly onStreamFailed: (response: Response, error: unknown) => void;
  /** Receives what the caller gets if the call ends with an error of this kind. */
  readonly onFailure: (error: object, failure: FailureToPass) => void;
}

/**
 * Opens responses: one that is a stream of events is guarded, any other answer in text is read whole, and both are failures
 * of the attempt if they are broken. The value is a response with the same bytes.
 */
export function openingOfResponses(opening: ResponseOpening): StreamOpening {
  return {
    open: async (attempt, work, watch) => {
      const response = toResponse(await work(attempt));
      attempt.observe({ headers: response.headers });
      if (response.status >= 400) throw await readFailure(response, opening);
      const parser = response.body === null ? undefined : createBodyParser(mediaType(response));
      if (parser !== undefined) return guardResponse(response, parser, { attempt, watch, opening });
      return isText(mediaType(response)) ? readAnswer(response, attempt, opening.expectsJson) : response;
    },
  };
}

function toResponse(value: unknown): Response {
  const isResponse = typeof value === 'object' && value !== null && 'status' in value && 'headers' in value;
  if (isResponse && value instanceof Response) return value;
  throw new TypeError('fetch must resolve to a Response');
}

async function readFailure(response: Response, { onFailure }: ResponseOpening): Promise<FailedResponse> {
  const failure = new FailedResponse(response, await readBody(response, ERROR_BODY_BYTES));
  onFailure(failure, failure);
  return failure;
}

function isText(type: string): boolean {
  return type.startsWith('text/') || isJson(type);
}

function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}

/** Without parameters, in lower case; empty if it is not given. */
function mediaType({ headers }: Response): string {
  const [type = ''] = (headers.get('content-type') ?? '').split(';', 1);
  return type.trim().toLowerCase();
}

/** Reads an answer whole, so that a body that is cut off fails the attempt, and not the caller. */
async function readAnswer(response: Response, attempt: StageAttempt, expectsJson: boolean): Promise<Response> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const { operation } = attempt;
  const answer = rebuildResponse(response, bytes);
  if (!isJson(mediaType(response))) {
    if (expectsJson && startsAsHtml(bytes)) throw new InvalidAnswerError('page', { operation, response });
    return answer;
  }
  if (bytes.length > PARSED_BYTES || response.headers.get('content-length') === '0') return answer;
  const json = parse(bytes);
  if (json === undefined) throw new InvalidAnswerError('not_json', { operation, response });
  const error = findReportedFailure(json);
  if (error !== undefined) throw new InvalidAnswerError('failed', { operation, response, error });
  const usage = findUsage(json);
  if (usage !== undefined) attempt.settleUsage(usage);
  return answer;
}

function startsAsHtml(bytes: Uint8Array): boolean {
  return /^\s*<(?:!doctype|html|head|body)/i.test(new TextDecoder().decode(bytes.subarray(0, 256)));
}

/** @returns `undefined` if it is no JSON. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

interface GuardedResponse {
  readonly attempt: StageAttempt;
  readonly watch: StreamWatch;
  readonly opening: ResponseOpening;
}

async function guardResponse(
  response: Response,
  parser: EventParser<unknown>,
  { attempt, watch, opening }: GuardedResponse,
): Promise<Response> {
  const { body } = response;
  if (body === null) return response;
  const packets = new PacketReader(body, parser);
  const named = opening.dialect;
  const reader = new PacketEvents(named && tolerateDialect(named, (error) => watch.onDialectFailed(attempt, error)));
  try {
    const reading = { dialect: undefined, reader, passesFailures: opening.passesFailures };
    const guard = await openStream(attempt, () => packets, watch, reading);
    packets.forgetBytes();
    const guarded = rebuildResponse(response, toBytes(guard));
    guard.onceEnded((ending) => {
      if ('error' in ending) opening.onStreamFailed(guarded, ending.error);
    });
    return guarded;
  } catch (error) {
    // SDKs turn a failure that the provider reports within a stream into an error of their own.
    if (opening.passesFailures && reader.hasFailed && typeof error === 'object' && error !== null) {
      const chunks = packets.readBytes;
      opening.onFailure(error, { toResponse: () => rebuildResponse(response, joinBytes(chunks)) });
    }
    throw error;
  }
}

/** The bytes that a guard passes on. Reads nothing ahead. */
function toBytes(guard: StreamGuard): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        for (;;) {
          const { done, value } = await guard.next();
          if (done === true) {
            controller.close();
            return;
          }
          if (!isPacket(value) || value.bytes === undefined) continue;
          controller.enqueue(value.bytes);
          return;
        }
      },
      cancel: () => guard.leave(),
    },
    { highWaterMark: 0 },
  );
}
