import { InvalidAnswerError } from '../../errors/index.js';
import type { Call, CallTarget, StreamOpening } from '../../pipeline/index.js';
import { isSignal } from '../../runtime/index.js';
import { openStream, type StreamGuard } from '../../streams/index.js';
import { findUsage, type RequestCalls, type RequestToCall } from '../http/index.js';
import { type Adapter, define, findMethod, isObject, readField, toRecord } from './adapter.js';
import { BedrockDialect, parseBytes } from './bedrock-dialect.js';

/**
 * Amazon's SDK for Bedrock. A call is what `send` does with a command, so that each attempt is serialised and signed anew, and
 * ends with the exceptions of the SDK. In the place of its retries is nothing.
 */
export const bedrock: Adapter = {
  sdk: '@aws-sdk/client-bedrock-runtime',
  recognises: (client) => {
    const config = readField(client, 'config');
    return (
      isObject(config) &&
      readField(config, 'serviceId') === 'Bedrock Runtime' &&
      findMethod(client, 'send') !== undefined
    );
  },
  protect: (client, { calls, operation }) => {
    const copy = copyClient(client, operation);
    const send = findMethod(copy, 'send');
    if (send === undefined) throw new TypeError('the client cannot be copied');
    define(copy, 'send', (command: unknown, given: unknown, callback: unknown) => {
      const options = typeof given === 'function' ? undefined : given;
      const sent = sendAsCall(calls, command, toRecord(options), send);
      const done = typeof given === 'function' ? given : callback;
      if (typeof done !== 'function') return sent;
      const called = sent.then(
        (output) => done(null, output),
        (error: unknown) => done(error),
      );
      // As with the SDK, what a callback throws is lost.
      void called.then(undefined, () => undefined);
      return undefined;
    });
    return copy;
  },
};

/** The name of the SDK's retries, by which other middleware takes its place. */
const RETRIES = 'retryMiddleware';

/** A client that shares the configuration and the connections of the given one. */
function copyClient(client: object, operation: string): object {
  const copy: object = Object.create(Reflect.getPrototypeOf(client), Object.getOwnPropertyDescriptors(client));
  const stack = copyStack(client);
  // Under the same name, since other middleware is placed after it.
  findMethod(stack, 'add')?.((next: unknown) => next, {
    name: RETRIES,
    step: 'finalizeRequest',
    priority: 'high',
    tags: ['RETRY'],
    override: true,
  });
  findMethod(stack, 'add')?.(refuseWrongAnswers(operation), {
    name: 'holdfastAnswers',
    step: 'deserialize',
    priority: 'high',
  });
  return Object.assign(copy, { middlewareStack: stack, handlers: undefined });
}

type Handler = (args: unknown) => Promise<unknown>;

/** Middleware around the reading of an answer, which takes one that is none for a failure, whatever its status. */
function refuseWrongAnswers(operation: string): (next: Handler) => Handler {
  return (next) => async (args) => {
    const read = await next(args).then(undefined, (error: unknown) => {
      const response = isUnreadable(error) ? findResponse(readField(error, '$response')) : undefined;
      if (response === undefined) throw error;
      throw new InvalidAnswerError(isPage(response) ? 'page' : 'not_json', { operation, response });
    });
    const { output, response: given } = toRecord(read);
    const response = findResponse(given);
    if (response === undefined || isAnswer(output, response)) return read;
    throw new InvalidAnswerError(isPage(response) ? 'page' : 'not_json', { operation, response });
  };
}

/** Neither an exception of the service nor an error of the connection: the SDK could not read the answer. */
function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && !('$fault' in error) && !('code' in error);
}

type AnsweringResponse = Pick<Response, 'status' | 'headers'>;

function isPage({ headers }: AnsweringResponse): boolean {
  return headers.get('content-type')?.includes('html') ?? false;
}

/** An answer has something beside its metadata, and a stream is one of events. */
function isAnswer(output: unknown, { headers }: AnsweringResponse): boolean {
  if (findStream(output) !== undefined) return headers.get('content-type')?.includes('amazon.eventstream') ?? true;
  return Object.entries(toRecord(output)).some(([name, value]) => name !== '$metadata' && value !== undefined);
}

/** A response as the SDK has it; `undefined` if its status is not one of success. */
function findResponse(given: unknown): AnsweringResponse | undefined {
  const { statusCode, headers } = toRecord(given);
  if (typeof statusCode !== 'number' || statusCode >= 300) return undefined;
  const texts = Object.entries(toRecord(headers)).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  return { status: statusCode, headers: new Headers(texts) };
}

function copyStack(of: object): object {
  const stack = readField(of, 'middlewareStack');
  const copy = isObject(stack) ? findMethod(stack, 'clone')?.() : undefined;
  if (isObject(copy)) return copy;
  throw new TypeError('the client cannot be copied');
}

type Send = (command: object, options: object) => unknown;

async function sendAsCall(
  { door, dialect, optionsFor }: RequestCalls,
  command: unknown,
  options: Readonly<Record<string, unknown>>,
  send: Send,
): Promise<unknown> {
  // The SDK says what is wrong with it.
  if (!isObject(command) || !('input' in command)) return send(Object(command), options);
  const request = new CommandRequest(toRecord(command.input), options['abortSignal']);
  const attempt = async (call: Call): Promise<unknown> => {
    const copy = copyCommand(command, await request.inputFor(call.target));
    const output = await send(copy, { ...options, abortSignal: call.signal });
    const metadata = isObject(output) ? readField(output, '$metadata') : undefined;
    if (isObject(metadata)) Reflect.set(metadata, 'attempts', call.attempt);
    return output;
  };
  const opening: StreamOpening = {
    open: async (own, work, watch) => {
      const output = await work(own);
      const stream = request.isReplayable ? findStream(output) : undefined;
      if (stream === undefined) {
        const usage = findUsage(toAnswer(output));
        if (usage !== undefined) own.settleUsage(usage);
        return output;
      }
      const [name, events] = stream;
      const guard = await openStream(own, () => events, watch, { dialect: dialect ?? new BedrockDialect() });
      return { ...toRecord(output), [name]: toIterable(guard) };
    },
  };
  return door.open(attempt, optionsFor(request), opening);
}

/** A command as a request. Its URL has only the path of the model, and its JSON is the input of the command. */
class CommandRequest implements RequestToCall {
  readonly url: string;
  readonly method = 'POST';
  readonly headers: Headers = new Headers();
  readonly json: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal | undefined;
  /** Whether it can be sent again: events of the caller can be read once, and are answered one by one. */
  readonly isReplayable: boolean;

  constructor(input: Readonly<Record<string, unknown>>, signal: unknown) {
    const { modelId, modelInput, clientRequestToken, body } = input;
    this.url = typeof modelId === 'string' ? `/model/${encodeURIComponent(modelId)}` : '/';
    // Attempts are the same request to the service: the SDK would give each a token of its own.
    const lacksToken = modelInput !== undefined && clientRequestToken === undefined;
    this.json = lacksToken ? { ...input, clientRequestToken: crypto.randomUUID() } : input;
    this.signal = isSignal(signal) ? signal : undefined;
    this.isReplayable = !isAsyncIterable(body);
  }

  /** The input for a target. */
  async inputFor(target: CallTarget | undefined): Promise<unknown> {
    if (target === undefined) return this.json;
    if (target.prepare !== undefined) return target.prepare({ ...this.json }, target);
    return 'modelId' in this.json ? { ...this.json, modelId: target.name } : this.json;
  }
}

/** Commands keep what they add to their middleware. */
function copyCommand(command: object, input: unknown): object {
  const copy: object = Object.create(Reflect.getPrototypeOf(command), Object.getOwnPropertyDescriptors(command));
  return Object.assign(copy, { input, middlewareStack: copyStack(command) });
}

/** The events of an output, and the name of their field. */
function findStream(output: unknown): readonly [string, AsyncIterable<unknown>] | undefined {
  const fields = toRecord(output);
  for (const name of ['stream', 'body']) {
    const value = fields[name];
    if (isAsyncIterable(value)) return [name, value];
  }
  return undefined;
}

/** What may tell the usage: the output of `Converse`, or the body of `InvokeModel`. */
function toAnswer(output: unknown): unknown {
  const { body } = toRecord(output);
  return body instanceof Uint8Array ? parseBytes(body) : output;
}

/** Nothing but what an SDK's stream is. */
function toIterable(guard: StreamGuard): AsyncIterable<unknown> {
  return { [Symbol.asyncIterator]: () => guard[Symbol.asyncIterator]() };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value;
}
