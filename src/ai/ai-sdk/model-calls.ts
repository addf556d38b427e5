import { UnwantedResultError, withoutStack } from '../../errors/index.js';
import type { ExecuteOptions, Resilience } from '../../orchestrator/index.js';
import type { Call, Usage } from '../../pipeline/index.js';
import { aiSdk, findPartial, toFields, toTokens } from '../../streams/index.js';
import { openDelivery, openFailed, type StreamErrors } from './delivery.js';
import { toFinalError } from './final-error.js';
import type { ModelStream } from './models.js';
import { type JudgeEmptyAnswer, PART_DIALECT, readParts } from './part-source.js';
import { type FailOn, findUnwanted } from './unwanted-results.js';

/** How calls of models are protected. */
export interface ModelProtection {
  readonly resilience: Pick<Resilience, 'execute' | 'stream'>;
  readonly operation: string;
  readonly failOn: FailOn | undefined;
  readonly streamErrors: StreamErrors;
}

/** Options of the call of one request. A fallback's value would be no result of a model. */
export type ModelCallOptions = Omit<ExecuteOptions, 'cache' | 'fallback'>;

/**
 * Runs the call of a model whose answer arrives at once. If no attempt has an answer that is wanted, resolves to the first one
 * that is not.
 *
 * @throws what `execute` throws, so that the AI SDK does not retry it.
 */
export async function generateOnce<Result>(
  { resilience, operation, failOn }: ModelProtection,
  options: ModelCallOptions,
  fn: (call: Call) => PromiseLike<Result>,
): Promise<Result> {
  let unwanted: { readonly result: Result } | undefined;
  const work = async (call: Call): Promise<Result> => {
    const result = await fn(call);
    const usage = readUsage(result);
    if (usage !== undefined) call.settleUsage(usage);
    const reason = findUnwanted(failOn, result);
    if (reason === undefined) return result;
    unwanted ??= { result };
    throw buildUnwantedError(operation, reason);
  };
  try {
    return await resilience.execute<Result>(operation, work, { ...options, fallback: false });
  } catch (error) {
    if (unwanted !== undefined && options.signal?.aborted !== true) return unwanted.result;
    throw toFinalError(error);
  }
}

/**
 * Runs the call of a model whose answer arrives in parts. Resolves at the first content, with the rest of the result of the
 * attempt that it came from.
 *
 * @throws what `stream` throws, so that the AI SDK does not retry it, unless `streamErrors` leaves that to the stream.
 */
export async function generateParts<Part>(
  { resilience, operation, failOn, streamErrors }: ModelProtection,
  options: ModelCallOptions,
  fn: (call: Call) => PromiseLike<ModelStream<Part>>,
): Promise<ModelStream<Part>> {
  let opened: ModelStream<Part> | undefined;
  let unwanted: ModelStream<Part> | undefined;
  const { signal } = options;
  const throws = streamErrors !== 'part';
  const work = async (call: Call) => {
    const result = await fn(call);
    opened = result;
    const judge: JudgeEmptyAnswer<Part> = (finish, parts) => {
      const reason = findUnwanted(failOn, finish);
      if (reason === undefined) return undefined;
      unwanted ??= { ...result, stream: ReadableStream.from([...parts]) };
      return buildUnwantedError(operation, reason);
    };
    return readParts(result, failOn && judge);
  };
  const guarded = resilience.stream(operation, work, { ...options, fallback: false, dialect: PART_DIALECT });
  const parts = guarded[Symbol.asyncIterator]();
  try {
    const { done, value } = await parts.next();
    if (done === true) throw new DOMException('the stream was left', 'AbortError');
    return { ...value.result, stream: openDelivery(value.part, parts, { signal, throws }) };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    if (unwanted !== undefined) return unwanted;
    if (hasArrived(error) || streamErrors === 'throw') return { ...opened, stream: openFailed(error, { throws }) };
    throw toFinalError(error);
  }
}

/** Whether anything of the answer had arrived when its stream failed. */
function hasArrived(error: unknown): boolean {
  return (findPartial(error)?.events ?? 0) > 0;
}

function buildUnwantedError(operation: string, reason: string): UnwantedResultError {
  return withoutStack(() => new UnwantedResultError(operation, reason));
}

/** Reads the tokens of a result: of a language or image model, or of embeddings, which have one number. */
function readUsage(result: unknown): Usage | undefined {
  const { usage } = toFields(result);
  const inputTokens = toTokens(toFields(usage).tokens);
  if (inputTokens !== undefined) return { inputTokens };
  for (const sign of aiSdk.read({ type: 'finish-step', usage })) if (sign.kind === 'usage') return sign.usage;
  return undefined;
}
