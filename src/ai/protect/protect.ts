import { configurationError } from '../../input/index.js';
import type { Resilience } from '../../orchestrator/index.js';
import { type RequestOptions, requestCalls, requestSender } from '../http/index.js';
import type { Adapter } from './adapter.js';
import { anthropic } from './anthropic.js';
import { bedrock } from './bedrock.js';
import { cohere } from './cohere.js';
import { google } from './google.js';
import { mistral } from './mistral.js';
import { stainless } from './stainless.js';

/** Options of {@link protect}. */
export interface ProtectOptions<Strategy extends string = string> extends RequestOptions<Strategy> {
  /** Protects the requests. */
  readonly resilience: Pick<Resilience<string, Strategy>, 'operation'>;
  /** The operation that they are calls of. */
  readonly operation: string;
}

/** Each before those that accept more. */
const ADAPTERS: readonly Adapter[] = [anthropic, google, bedrock, mistral, cohere, stainless];

const CLIENT = `must be a client of ${ADAPTERS.map(({ sdk }) => sdk).join(', ')}`;

/** Clients that {@link protect} has returned. */
const PROTECTED = new WeakSet<object>();

/**
 * Returns a client of the same class whose requests are calls of an operation: with its retries, breaker, limits and targets.
 * All methods work as before, also those for streams, and errors are those of the SDK where the provider has answered. Its own
 * retries are switched off. The given client stays as it is.
 *
 * Known are the clients of `openai` (also `AzureOpenAI`, and those for other providers by `baseURL`), `groq-sdk` and other SDKs
 * made by Stainless, `@anthropic-ai/sdk` (also for Bedrock and Vertex), `@google/genai`, `@aws-sdk/client-bedrock-runtime`,
 * `@mistralai/mistralai` and `cohere-ai`. The JSON of a request of Bedrock, as `key` and targets see it, is the input of its
 * command.
 *
 * @example
 * ```ts
 * const openai = protect(new OpenAI(), { resilience, operation: 'chat' });
 * const answer = await openai.chat.completions.create({ model: 'gpt-5', messages });
 * ```
 *
 * @throws {ConfigurationError} for a client of an SDK that it does not know, one that is protected already, and bad options.
 */
export function protect<Client extends object>(client: Client, options: ProtectOptions): Client {
  if (typeof client !== 'object' || client === null) throw configurationError('client', CLIENT, client);
  if (PROTECTED.has(client)) throw configurationError('client', 'must not be protected already', client);
  const { resilience, operation, ...own } = readOptions(options);
  const adapter = ADAPTERS.find((each) => each.recognises(client));
  if (adapter === undefined) throw configurationError('client', CLIENT, client, FETCH);
  const calls = requestCalls(resilience, operation, own);
  const made = adapter.protect(client, { calls, send: requestSender(calls) });
  PROTECTED.add(made);
  if (isLike(made, client)) return made;
  throw new TypeError(`the client of ${adapter.sdk} could not be copied`);
}

const FETCH = 'For another client that takes a fetch, use resilientFetch; otherwise resilience.execute.';

function readOptions(options: unknown): ProtectOptions {
  if (isOptions(options)) return options;
  const names = 'must be an object with resilience and operation';
  throw configurationError('options', names, options, "Write protect(client, { resilience, operation: 'chat' }).");
}

function isOptions(options: unknown): options is ProtectOptions {
  return typeof options === 'object' && options !== null && 'resilience' in options && 'operation' in options;
}

function isLike<Client extends object>(made: object, client: Client): made is Client {
  return Reflect.getPrototypeOf(made) === Reflect.getPrototypeOf(client);
}
